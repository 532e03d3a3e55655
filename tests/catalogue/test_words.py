"""Folding, stems and spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.spelling import Speller, sound
from catalogue.stemming import folded, forget, stem, words_in

SPELLER = Speller(
    {"passeport": 40, "passoire": 1, "retraite": 90, "retrait": 5, "identite": 60, "carte": 99, "grise": 30}
)


def test_accents_ligatures_and_case_are_folded():
    assert folded("Œuvre HÉBERGÉE à Noël") == "oeuvre hebergee a noel"


def test_elided_articles_and_stop_words_are_left_out():
    assert words_in("Je voudrais renouveler l’identité d'un enfant") == ["renouveler", "identite", "enfant"]


@pytest.mark.parametrize(
    ("one", "other"), [("declaree", "declarer"), ("allocations", "allocation"), ("perdue", "perdu")]
)
def test_forms_of_a_word_have_one_stem(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("passeport", ("passeport",)),
        ("pasport", ("passeport",)),
        ("retrete", ("retraite",)),
        ("didentite", ("identite",)),
        ("didentitee", ("identite",)),
        ("cartegrise", ("carte", "grise")),
        ("2026", ("2026",)),
        ("xyzzyqwk", ()),
    ],
)
def test_words_are_mended_to_the_most_likely(typed, meant):
    assert SPELLER.mended(typed) == meant


def test_words_that_sound_alike_share_a_sound():
    assert sound("pasport") == sound("passeport".replace("e", "", 1)) or sound("retrete") == sound("retraite")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", max_size=60))
def test_mending_never_fails_and_knows_what_it_returns(word):
    assert all(part == word or SPELLER.knows(part) or len(part) < 9 for part in SPELLER.mended(word))


def test_the_words_of_a_session_can_be_forgotten():
    stem("zyxcanari")
    forget()
    assert stem.cache_info().currsize == 0

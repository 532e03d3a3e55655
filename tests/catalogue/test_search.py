"""Search on the shipped pack: plain words, mistakes, and hostile text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.search import _concepts, search


def ids(pack, query):
    return [hit.id for hit in search(pack, query, 3)]


@pytest.mark.parametrize(
    ("query", "sheet"),
    [
        ("je déménage", "F14128"),
        ("mon mari est mort", "F16507"),
        ("jai perdu mon permis", "F1727"),
        ("jai pas d'argent pour manger", "N19775"),
        ("carte didentité périmée", "F21089"),
        ("chèque énergie", "F33667"),
        ("casier judiciaire", "F1420"),
        ("je me suis séparée de mon copain", "F33362"),
        ("enceinte", "F16225"),
    ],
)
def test_plain_words_find_their_sheet_first(pack, query, sheet):
    assert ids(pack, query)[0] == sheet


@pytest.mark.parametrize(
    ("query", "sheet"),
    [("retrete", "F17904"), ("pasport", "N360"), ("surendetement", "N99"), ("cartegrise", "N367"), ("RSA", "N19775")],
)
def test_mistakes_and_missing_spaces_are_mended(pack, query, sheet):
    assert sheet in ids(pack, query)


def test_accents_case_and_apostrophes_change_nothing(pack):
    assert ids(pack, "prime d'activité") == ids(pack, "PRIME D’ACTIVITE") == ids(pack, "prime dactivité")


def test_losing_papers_of_a_parent_is_no_bereavement(pack):
    assert "F16507" not in ids(pack, "j'ai perdu la carte d'identité de ma mère")


@pytest.mark.parametrize("query", ["", "   ", "???", "\0", "de la du", "😀😀"])
def test_a_query_without_a_word_finds_nothing(pack, query):
    assert search(pack, query) == ()


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'; DROP TABLE sheets; --",
        "NEAR(a b)",
        "title:carte*",
        "carte AND",
        "-carte",
        "(",
        "a" * 10_000,
        "carte " * 5000,
    ],
)
def test_the_syntax_of_databases_is_plain_text(pack, query):
    assert len(search(pack, query, 3)) <= 3


def test_a_page_of_text_is_cut_to_a_line(pack):
    assert len(_concepts(" ".join(["permis", "carte", "passeport", "loyer"] * 500), pack.lexicon)) <= 12
    assert len(_concepts("retraite impot naissance deces mariage divorce vote plainte avocat bourse ecole "
                         "cheque energie logement voiture vitale casier", pack.lexicon)) == 12  # fmt: skip


@settings(deadline=None)  # the first query reads the lexicon
@given(query=st.text(max_size=300))
def test_no_text_makes_search_fail(pack, query):
    hits = search(pack, query, 5)
    assert len(hits) <= 5
    assert list(hits) == sorted(hits, key=lambda hit: -hit.score)

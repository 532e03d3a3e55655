"""A receipt on paper: what stands where, and that nothing stands beyond the edge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.code_size import module_dots
from drivers.printer.elements import (
    Align,
    Bullet,
    Emphasis,
    Heading,
    Kicker,
    Note,
    QrCode,
    Rule,
    Space,
    Text,
    TickBox,
    Title,
)
from drivers.printer.laid import Code, Line, Paper, Stroke
from drivers.printer.layout import lay_out
from drivers.printer.letters import TICK_BOX, clean, holds, plain
from drivers.printer.profile import PROFILES
from drivers.printer.wrap import NORMAL, TITLE, TITLE_NARROW, width_dots, wrap

NB = "\u00a0"
texts = st.text() | st.text(alphabet="aé €«☐\u00a0/.-", max_size=200)
elements = st.one_of(
    st.builds(Kicker, texts),
    st.builds(Title, texts),
    st.builds(Heading, texts),
    st.builds(Text, texts, st.sampled_from(Emphasis), st.sampled_from(Align)),
    st.builds(TickBox, texts, st.integers(-5, 50), st.lists(texts, max_size=3).map(tuple)),
    st.builds(Bullet, texts, st.integers(-5, 50)),
    st.builds(Note, texts),
    st.builds(Rule),
    st.builds(Space, st.integers(-2, 5)),
    st.builds(QrCode, texts, texts),
)


def said(receipt, paper=Paper.MM_80):
    return [piece.text for piece in lay_out(receipt, paper) if isinstance(piece, Line)]


@given(st.lists(elements, max_size=8).map(tuple), st.sampled_from(Paper))
def test_no_line_is_ever_wider_than_the_paper(receipt, paper):
    lines = [piece for piece in lay_out(receipt, paper) if isinstance(piece, Line)]
    assert all(width_dots(line.text, line.style) <= paper.dots for line in lines)


@given(st.text(alphabet="aéœ€«»-./", min_size=1).filter(str.strip), st.sampled_from(Paper))
def test_no_letter_of_a_text_is_lost(text, paper):
    assert "".join(said((Text(text),), paper)) == text


@given(st.lists(elements, max_size=8).map(tuple), st.sampled_from(Paper), st.sampled_from(list(PROFILES.values())))
def test_every_letter_is_one_the_printer_has(receipt, paper, profile):
    lines = [piece for piece in lay_out(receipt, paper, profile) if isinstance(piece, Line)]
    for line in lines:
        letters = line.text.replace(TICK_BOX, "").replace(NB, " ")
        assert letters.encode(line.page).decode(line.page) == letters
        assert not any(ord(letter) < 0x20 for letter in letters)


@pytest.mark.parametrize(("paper", "columns", "dots"), [(Paper.MM_80, 48, 576), (Paper.MM_58, 32, 384)])
def test_a_line_of_the_paper_holds_as_many_letters_as_it_says(paper, columns, dots):
    assert (paper.columns, paper.dots) == (columns, dots)
    assert said((Text("m" * (columns + 1)),), paper) == ["m" * columns, "m"]


@pytest.mark.parametrize(("paper", "columns"), [(Paper.MM_80, 64), (Paper.MM_58, 42)])
def test_small_letters_stand_closer(paper, columns):
    assert said((Text("m" * (columns + 1), Emphasis.SMALL),), paper) == ["m" * columns, "m"]


def test_a_tick_box_hangs_its_lines_below_its_first_letter():
    receipt = (TickBox("Prévenir le bailleur par une lettre recommandée"),)
    assert said(receipt, Paper.MM_58) == ["☐ Prévenir le bailleur par une", "   lettre recommandée"]


def test_an_indented_item_hangs_deeper_and_its_sub_lines_with_it():
    receipt = (TickBox("École", 1, under=("Certificat de radiation",)), Bullet("Cantine", 1))
    assert said(receipt) == ["   ☐ École", "      – Certificat de radiation", "   • Cantine"]


def test_a_no_break_space_holds_words_together():
    receipt = (Text(f"Le dépôt de garantie est rendu, soit 1{NB}250{NB}€"),)
    assert said(receipt, Paper.MM_58) == ["Le dépôt de garantie est rendu,", f"soit 1{NB}250{NB}€"]


def test_an_address_longer_than_the_line_is_cut_after_a_slash():
    receipt = (Text("https://www.service-public.fr/particuliers/vosdroits/F14128"),)
    assert said(receipt, Paper.MM_58) == ["https://www.service-public.fr/", "particuliers/vosdroits/F14128"]


def test_a_centred_text_has_the_same_room_on_both_sides():
    assert said((Text("abcd", align=Align.CENTRE),), Paper.MM_58) == [" " * 14 + "abcd"]


def test_a_kicker_fills_its_band_from_edge_to_edge():
    receipt = (Kicker("France Services de Marcenat"),)
    assert [len(line) for line in said(receipt)] == [48]


def test_a_title_takes_the_widest_letters_that_suit_it():
    def style(title):
        return next(piece.style for piece in lay_out((Title(title),), Paper.MM_58) if isinstance(piece, Line))

    assert style("Je déménage") == TITLE
    assert style("Certificat d’immatriculation") == TITLE_NARROW


def test_a_rule_is_a_stroke():
    assert lay_out((Rule(),), Paper.MM_80)[0] == Stroke()


def test_an_empty_receipt_lays_nothing():
    assert lay_out((), Paper.MM_80) == ()


@given(st.text(alphabet="abc/:.é", min_size=1, max_size=500), st.sampled_from(Paper))
def test_a_code_with_its_quiet_zone_fits_the_paper(content, paper):
    laid = lay_out((QrCode(content),), paper)
    codes = [piece for piece in laid if isinstance(piece, Code)]
    assert codes or "".join(said((QrCode(content),), paper)) == content
    assert all(4 <= code.module_dots <= 8 for code in codes)


@pytest.mark.parametrize(
    ("length_bytes", "room_dots", "dots"),
    [(14, 576, 8), (59, 576, 7), (59, 384, 7), (62, 384, 7), (412, 384, 4), (413, 384, None), (0, 384, None)],
)
def test_a_code_is_as_large_as_is_useful(length_bytes, room_dots, dots):
    assert module_dots("x" * length_bytes, room_dots) == dots


def test_an_address_too_long_for_a_code_is_printed_in_words():
    assert said((QrCode("x" * 500),), Paper.MM_80)[0] == "x" * 64


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("é è à ç œ Œ ’ « » – — € Ÿ …", "é è à ç œ Œ ’ « » – — € Ÿ …"),
        ("e\u0301", "é"),
        ("déjà\u202f?", f"déjà{NB}?"),
        ("\x1b@\x10\x04\x01texte\x7f", "@texte"),
        ("a\r\nb\tc", "a  b c"),
        ("Łódź, Šibenik, ő", "?ódz, Šibenik, o"),
        ("≥ 18 ans → mairie", ">= 18 ans -> mairie"),
        ("ﬁche № 3", "fiche No 3"),
        ("中", "?"),
        ("☐ fait ☑", "☐ fait [x]"),
    ],
)
def test_each_letter_is_printed_or_stood_for(text, letters):
    assert plain(clean(text), holds("cp1252").__contains__) == letters


@given(st.text(alphabet="aé ☐€", max_size=100), st.integers(36, 600))
def test_wrapping_keeps_every_word_in_order(text, room_dots):
    lines = wrap(text, NORMAL, room_dots)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(0 < width_dots(line, NORMAL) <= room_dots for line in lines)

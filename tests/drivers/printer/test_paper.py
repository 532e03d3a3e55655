"""What comes out of the simulated printer is what a real one would print of the same bytes."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from drivers.printer.elements import Text, TickBox
from drivers.printer.encode import encode, encode_cut
from drivers.printer.laid import Paper
from drivers.printer.layout import lay_out
from drivers.simulated.interpreter import EscPosInterpreter
from drivers.simulated.mechanism import save
from drivers.simulated.paper import FONT_A, FONT_B, Look, PaperRoll, glyph
from drivers.simulated.realtime import Ask, ClearBuffers, RealTimeOrders

FRENCH = "aàâäæbcçdeéèêëfghiîïjklmnoôöœpqrstuùûüvwxyÿz AÀÂÄÆBCÇDEÉÈÊËFGHIÎÏJKLMNOÔÖŒPQRSTUÙÛÜVWXYŸZ"
SIGNS = "0123456789€«»“”’‘…–—•·°²³§%&@#*+-/=()[]{}<>?!.,;:_~^|\\'\"`"
LETTERS = (FRENCH + SIGNS).replace(" ", "")


def printed(data, paper=Paper.MM_80):
    papers = []
    interpreter = EscPosInterpreter(paper.dots, papers.append)
    interpreter.receive(data)
    assert interpreter.unknown == []
    return papers


def paper_of(*receipt):
    (roll,) = printed(encode(lay_out(receipt, Paper.MM_80), Paper.MM_80) + encode_cut())
    return roll


def test_every_letter_of_french_is_read_back_from_the_paper():
    roll = paper_of(*(Text(letter) for letter in LETTERS))
    assert roll.text_lines == list(LETTERS)


@pytest.mark.parametrize("look", [Look(), Look(bold=True)], ids=["normal", "bold"])
def test_every_letter_of_french_has_a_shape_of_its_own(look):
    assert len({glyph(letter, look).tobytes() for letter in LETTERS}) == len(LETTERS)


def test_small_letters_keep_their_accents():
    small = Look(FONT_B)
    plain = {letter: unicodedata.normalize("NFD", letter)[0] for letter in FRENCH}
    accented = [letter for letter, bare in plain.items() if letter != bare]
    assert len(accented) == 32
    assert [one for one in accented if glyph(one, small).tobytes() == glyph(plain[one], small).tobytes()] == []


def test_a_letter_on_the_paper_has_the_shape_of_the_font():
    ink = paper_of(Text("é")).ink().crop((0, 0, 12, 24))
    assert ImageChops.logical_xor(ink, glyph("é", Look())).getbbox() is None


def test_a_wrong_code_page_shows_as_wrong_letters():
    (roll,) = printed(b"\x1b@\x1bt\x00" + "é€œ\n".encode("cp1252") + b"\x1dV\x00")
    assert roll.text_lines != ["é€œ"]


def test_a_tick_box_is_an_empty_square_of_two_columns():
    ink = paper_of(TickBox("x")).ink().crop((0, 0, 24, 24))
    assert ink.getbbox() == (2, 2, 22, 22)
    assert ink.crop((4, 4, 20, 20)).getbbox() is None


def test_double_letters_repeat_each_dot():
    wide = glyph("é", Look(FONT_A, times_wide=2, times_high=2))
    assert wide.resize((12, 24), Image.Resampling.NEAREST).tobytes() == glyph("é", Look()).tobytes()


def test_a_line_wider_than_the_paper_goes_on_below_as_on_a_real_printer():
    (roll,) = printed(b"m" * 50 + b"\n\x1dV\x00")
    assert roll.text_lines == ["m" * 48, "mm"]


def test_an_unknown_order_is_noted_and_its_arguments_are_seen():
    papers = []
    interpreter = EscPosInterpreter(576, papers.append)
    interpreter.receive(b"\x1d\x01abc\n\x1dV\x00")
    assert interpreter.unknown == [b"\x1d\x01"]
    assert papers[0].text_lines == ["abc"]


@given(st.binary(max_size=400), st.integers(1, 50))
def test_no_bytes_stop_the_printer_and_chunks_never_matter(data, size):
    whole, parts = EscPosInterpreter(384, lambda _: None), EscPosInterpreter(384, lambda _: None)
    whole.receive(data)
    for at in range(0, len(data), size):
        parts.receive(data[at : at + size])
    assert parts.roll.text_lines == whole.roll.text_lines


@given(st.binary(max_size=200), st.integers(1, 20))
def test_real_time_orders_are_found_in_any_chunks(data, size):
    stream = data.replace(b"\x10", b"") + b"\x10\x04\x02" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08" + b"end"
    orders = RealTimeOrders()
    found = [order for at in range(0, len(stream), size) for order in orders.receive(stream[at : at + size])]
    assert [order for order in found if not isinstance(order, bytes)] == [Ask(2), ClearBuffers()]
    assert b"".join(order for order in found if isinstance(order, bytes)) == data.replace(b"\x10", b"") + b"end"


def test_saved_papers_are_numbered_on_after_those_there_are(tmp_path):
    (tmp_path / "receipt-041.png").touch()
    (tmp_path / "receipt-x.png").touch()
    assert save(PaperRoll(576), tmp_path).name == "receipt-042.png"
    assert save(PaperRoll(576), tmp_path).name == "receipt-043.png"
    assert [path.name for path in tmp_path.iterdir() if not re.fullmatch(r"receipt-\w+\.png", path.name)] == []

"""Codes and their kinds, and what is told of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Caution, DeviceName, DeviceUp
from drivers.news import Scanned, Symbology
from drivers.scanner import aim
from drivers.scanner.debounce import AWAY_S, Debounce
from drivers.scanner.framing import Ending, Framing
from drivers.scanner.hearing import Hearing
from drivers.scanner.protocol import Code, ScannerProtocol

DEVICE = DeviceName("scanner")
AIM = Framing(aim=True)


@pytest.mark.parametrize(
    ("sent", "symbology"),
    [
        (b"]Q1F14128", Symbology.QR),
        (b"]Q3F14128", Symbology.GS1_QR),
        (b"]d1F14128", Symbology.DATA_MATRIX),
        (b"]d2F14128", Symbology.GS1_DATA_MATRIX),
        (b"]z0F14128", Symbology.AZTEC),
        (b"]L0F14128", Symbology.PDF417),
        (b"]C0F14128", Symbology.CODE_128),
        (b"]C1F14128", Symbology.GS1_128),
        (b"]A0F14128", Symbology.CODE_39),
        (b"]E0F14128", Symbology.EAN),
        (b"]e0F14128", Symbology.GS1_DATABAR),
        (b"]I0F14128", Symbology.OTHER),
        (b"F14128", Symbology.UNKNOWN),
    ],
)
def test_an_identifier_names_the_kind_of_code_and_is_no_part_of_it(sent, symbology):
    assert ScannerProtocol(AIM).receive(sent + b"\r") == [Code(b"F14128", symbology)]


def test_a_code_that_begins_like_an_identifier_is_left_alone_by_a_scanner_that_sends_none():
    assert ScannerProtocol().receive(b"]Q1F14128\r") == [Code(b"]Q1F14128")]


def test_the_announcement_of_a_character_set_is_no_part_of_the_code():
    assert ScannerProtocol(AIM).receive(b"]Q2\\000026a\\\\b\r") == [Code(b"a\\b", Symbology.QR)]
    assert ScannerProtocol(AIM).receive(b"]Q1\\000026a\\\\b\r") == [Code(b"\\000026a\\\\b", Symbology.QR)]


def test_an_identifier_without_a_code_is_no_code():
    assert ScannerProtocol(AIM).receive(b"]Q1\r") == []


def test_binary_content_and_its_separators_come_out_byte_by_byte():
    content = b"0103453120000011\x1d10AB\r\n\x00\xff"
    framed = b"\x02]d2" + content + b"\x03"
    assert ScannerProtocol(Framing(Ending.STX, aim=True)).receive(framed) == [Code(content, Symbology.GS1_DATA_MATRIX)]


@given(st.binary(max_size=40), st.sampled_from(Ending))
def test_no_bytes_raise_anything(data, ending):
    protocol = ScannerProtocol(Framing(ending, aim=True))
    protocol.receive(b"]" + data)
    protocol.flush()
    aim.split(data)


def test_the_same_code_read_again_and_again_is_told_once():
    debounce = Debounce()
    read_s = [0.0, 0.5, 1.0, 1.5]
    assert [debounce.is_new(b"F14128", at_s) for at_s in read_s] == [True, False, False, False]
    assert debounce.is_new(b"F14128", 1.6 + AWAY_S)


def test_another_code_is_told_at_once_and_the_first_not_again():
    debounce = Debounce()
    assert [debounce.is_new(code, 0.1) for code in (b"a", b"b", b"a")] == [True, True, False]


def test_what_was_shown_is_not_kept():
    debounce = Debounce()
    debounce.is_new(b"secret", 0)
    assert "secret" not in repr(vars(debounce))
    debounce.is_new(b"other", 60)
    assert len(debounce._seen_s) == 1


def test_much_nonsense_is_told_until_a_code_makes_sense_again():
    hearing = Hearing(DEVICE)
    assert hearing.receive(b"\xff" * 10_000, 0) == [DeviceUp(DEVICE, Caution.TALKS_NONSENSE)]
    assert hearing.receive(b"\xff" * 10_000, 1) == []
    assert hearing.receive(b"\rF14128\r", 2) == [DeviceUp(DEVICE), Scanned(DEVICE, b"F14128")]


def test_a_paper_pulled_away_is_no_nonsense():
    hearing = Hearing(DEVICE)
    assert hearing.receive(b"https://www.service-publ", 0) == []
    assert hearing.due_s == Framing().patience_s
    assert hearing.flush(2) == []
    assert hearing.due_s is None

"""A stream that is signed and yet hostile costs a device no more than a pack does: neither memory nor disk."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
import zstandard

from catalogue import pack_stream
from catalogue.pack_content import Stems, pack_stems
from catalogue.pack_fault import PackError, PackFault


def refusal(content):
    with pytest.raises(PackError) as raised:
        pack_stream.decode(pack_stream.encode(content))
    assert raised.value.fault is PackFault.DAMAGED
    return str(raised.value).partition("damaged: ")[2]


def copies(sheet, count):
    return tuple(msgspec.structs.replace(sheet, id=f"F{number}") for number in range(count))


def test_stems_that_unfold_to_more_than_a_disk_holds_are_refused(content):
    page = content.sheets[0].page
    endless = pack_stems(Stems("a", "a", "a", "a " * 2_000_000))
    assert len(endless) < 1000
    sheet = msgspec.structs.replace(content.sheets[0], page=msgspec.structs.replace(page, stems=endless))
    assert refusal(replace(content, sheets=copies(sheet, 70))) == "its sheets are longer than any pack's"


def test_a_sheet_that_does_not_say_its_length_is_refused(content):
    silent = zstandard.ZstdCompressor(write_content_size=False).compress(b"a" * 100)
    sheet = msgspec.structs.replace(content.sheets[0], body=silent)
    assert refusal(replace(content, sheets=(sheet,))) == "its sheets are longer than any pack's"


def test_a_sheet_whose_body_is_no_body_is_refused(content):
    sheet = msgspec.structs.replace(content.sheets[0], body=b"no body")
    assert "content size" in refusal(replace(content, sheets=(sheet,)))


def test_more_sheets_than_any_pack_has_are_refused(content):
    tiny = msgspec.structs.replace(content.sheets[0], body=zstandard.compress(b""), page=None)
    assert refusal(replace(content, sheets=copies(tiny, 75_001))) == "it has more sheets than any pack"


def test_a_record_that_is_longer_than_any_is_refused_before_it_is_read(content):
    words = {f"{number:05x}": 1 for number in range(700_000)}
    assert refusal(replace(content, words=words)) == "a record is longer than any"

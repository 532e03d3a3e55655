"""Pieces: a small change touches few of them, and nobody's bytes are believed for being well formed."""

from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.pieces import (
    MAX_FILE_BYTES,
    MAX_OUTLINE_BYTES,
    MAX_PIECE_BYTES,
    MIN_PIECE_BYTES,
    Outline,
    PiecesError,
    Unfit,
    as_list,
    cut,
    decode_outline,
    pieces_of,
)
from config.pieces import outline as outline_of
from tests.config.noise import noise

FILE = noise(200_000)
EDITS = st.lists(
    st.tuples(st.integers(0, len(FILE)), st.integers(0, 3000), st.binary(max_size=3000)), min_size=1, max_size=3
)


def edited(edits):
    content = FILE
    for position, dropped_bytes, added in edits:
        content = content[:position] + added + content[position + dropped_bytes :]
    return content


def outline(**changes):
    return msgspec.structs.replace(outline_of(FILE)[0], **changes)


def refusal(call, *arguments):
    with pytest.raises(PiecesError) as raised:
        call(*arguments)
    return raised.value.reason


@given(st.binary(max_size=20_000))
def test_pieces_one_after_another_are_the_file(content):
    assert b"".join(cut(content)) == content


def test_pieces_have_the_size_that_pieces_have():
    *pieces, last = map(len, cut(FILE + bytes(50_000)))
    assert MIN_PIECE_BYTES <= min(pieces) < 300
    assert 700 < sum(pieces) / len(pieces) < 1000
    assert max(pieces) == MAX_PIECE_BYTES >= last


@given(EDITS)
def test_an_edit_costs_what_it_adds_and_a_little_around_it(edits):
    here = set(cut(FILE))
    sent_bytes = sum(len(piece) for piece in set(cut(edited(edits))) - here)
    assert sent_bytes <= sum(len(added) + 32_000 for _, _, added in edits)


def test_cuts_are_where_every_version_before_this_one_made_them():
    assert sha256(outline_of(FILE)[1]).hexdigest() == "436bfd79b67b16d1861f0272c2c479a424dc18ba14af9bfa7c55c4bed0c8b0bf"


def test_the_list_of_a_changed_file_is_sent_in_part_too():
    old = outline_of(noise(4_000_000))[0].list_pieces
    new = outline_of(noise(2_000_000) + b"changed" + noise(4_000_000)[2_000_000:])[0].list_pieces
    assert len(set(new) - set(old)) <= 3 < len(new)


def test_outline_and_list_name_the_pieces_of_a_file_in_order():
    said, listed = outline_of(FILE)
    assert said.list_pieces == pieces_of(listed)
    assert said.pieces(listed) == pieces_of(FILE)
    assert as_list(pieces_of(FILE)) == listed


def test_an_outline_arrives_as_it_was_sent():
    assert decode_outline(outline().encode()) == outline()


@given(st.binary(max_size=300))
def test_bytes_that_are_no_outline_are_refused(data):
    with pytest.raises(PiecesError):
        decode_outline(data)


@given(st.integers(0, 2**63), st.binary(max_size=200), st.binary(max_size=200))
def test_an_outline_or_a_list_of_any_content_is_refused_or_bounded(length_bytes, records, listed):
    said = Outline(1, length_bytes, bytes(32), records)
    try:
        assert decode_outline(said.encode()).length_bytes <= MAX_FILE_BYTES
        assert all(1 <= piece.size_bytes <= MAX_PIECE_BYTES for piece in said.list_pieces)
        assert sum(piece.size_bytes for piece in said.pieces(listed)) == length_bytes
    except PiecesError:
        pass


@pytest.mark.parametrize(
    "changes",
    [{"version": 2}, {"length_bytes": 0}, {"length_bytes": -1}, {"sha256": bytes(31)}, {"records": 7}],
    ids=str,
)
def test_an_outline_of_another_form_is_refused(changes):
    assert refusal(decode_outline, msgspec.msgpack.encode(outline(**changes))) is Unfit.OUTLINE


def test_a_file_beyond_what_a_device_takes_is_refused_before_a_byte_of_it_comes():
    assert refusal(decode_outline, outline(length_bytes=MAX_FILE_BYTES + 1).encode()) is Unfit.TOO_LONG
    assert refusal(decode_outline, bytes(MAX_OUTLINE_BYTES + 1)) is Unfit.TOO_LONG
    assert refusal(outline_of, bytes(MAX_FILE_BYTES + 1)) is Unfit.TOO_LONG


def test_the_longest_file_of_the_smallest_pieces_has_an_outline_that_is_taken():
    record_bytes = 34
    longest_list_bytes = (MAX_FILE_BYTES // MIN_PIECE_BYTES) * record_bytes
    records = (bytes(32) + MIN_PIECE_BYTES.to_bytes(2, "big")) * (longest_list_bytes // MIN_PIECE_BYTES)
    taken = decode_outline(Outline(1, MAX_FILE_BYTES, bytes(32), records).encode())
    assert len(taken.list_pieces) == longest_list_bytes // MIN_PIECE_BYTES


def record(size_bytes):
    return bytes(32) + size_bytes.to_bytes(2, "big")


@pytest.mark.parametrize(
    "listed",
    [
        b"",
        record(600)[:-1],
        record(600),
        record(600) + record(401),
        record(1000) + record(0),
        record(0) + record(1000),
        record(255) + record(745),
        record(4097),
    ],
    ids=["nothing", "half a record", "too little", "too much", "an empty end", "an empty piece", "a crumb", "a lump"],
)
def test_a_list_of_another_file_is_refused(listed):
    assert refusal(outline(length_bytes=1000).pieces, listed) is Unfit.LIST


def test_an_empty_file_is_none():
    assert refusal(outline_of, b"") is Unfit.EMPTY

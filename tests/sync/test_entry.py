"""Entries and their bytes."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
import zstandard
from hypothesis import given

from sync import clock, entry
from sync.entry import Entry, Moment, decode, encode
from sync.records import AgentCalled, AssistanceRecorded, ReceiptContent, ReceiptRequested
from sync.rejected import Reason, Rejected

MOMENT = Moment("b00t", 123_000_000, 1700000000.5, synchronised=False)
ENTRY = Entry(MOMENT, ReceiptRequested("F14128", ReceiptContent.CHECKLIST))
# What version 1 wrote: MessagePack with names, and the boot in each record.
OLD = bytes.fromhex(
    "0182a474696d6594a4623030747bcb41d954fc40200000c2a67265636f726483a46b696e64b1726563656970"
    "745f726571756573746564a57368656574a6463134313238a7636f6e74656e74a9636865636b6c697374"
)


def records():
    """Every kind of record, with any words that fit one."""
    words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
    assistance = st.builds(
        AssistanceRecorded,
        words,
        partners=st.lists(words, max_size=3).map(tuple),
        theme=words,
        duration_band_min=st.sampled_from([30, 60, 120, 0]),
    )
    return st.builds(ReceiptRequested, words) | st.builds(AgentCalled, st.none() | words) | assistance


@given(records(), st.integers(0, 1 << 42), st.integers(0, 1 << 42), st.booleans())
def test_decode_undoes_encode(record, boottime_ms, wall_ms, synchronised):
    moment = Moment("b00t", boottime_ms * 1_000_000, wall_ms / 1000, synchronised)
    assert decode(encode(Entry(moment, record)), "b00t") == Entry(moment, record)


def test_the_bytes_are_the_documented_ones():
    assert encode(ENTRY).hex() == (
        "022030fd000098947bcf0000018bcfe569f4313431323869737403fc0a3da69e8421a8d93f0000000000000000000000"
    )


def test_a_length_tells_sixteen_bytes_at_best():
    assert {len(encode(Entry(MOMENT, AgentCalled(sheet)))) % 16 for sheet in (None, "F1", "F14128")} == {0}


def test_what_version_1_wrote_is_still_read():
    assert decode(OLD, "another boot") == Entry(Moment("b00t", 123, 1700000000.5, synchronised=False), ENTRY.record)


def test_an_entry_of_a_later_encoding_is_named_so():
    assert decode(b"\x03" + encode(ENTRY)[1:], "b00t").reason is Reason.OTHER_VERSION


def test_an_entry_that_would_swell_is_refused_unopened():
    swelling = entry._compressor.compress(bytes(50_000_000))
    assert len(swelling) < 6_000
    assert decode(b"\x02" + swelling, "b00t").reason is Reason.TOO_LARGE


@pytest.mark.parametrize("first", [b"\x01", b"\x02", b""])
@given(data=st.binary(max_size=100))
def test_any_bytes_are_refused_not_raised(first, data):
    assert isinstance(decode(first + data, "b00t"), Rejected)


@given(st.binary(max_size=100))
def test_any_bytes_well_compressed_are_refused_not_raised(data):
    assert isinstance(decode(b"\x02" + entry._compressor.compress(data), "b00t"), Rejected)


def test_another_magicless_frame_without_its_size_is_refused():
    parameters = zstandard.ZstdCompressionParameters.from_level(
        3, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=False
    )
    frame = zstandard.ZstdCompressor(compression_params=parameters).compress(b"x" * 100)
    assert isinstance(decode(b"\x02" + frame, "b00t"), Rejected)


def test_the_clock_orders_what_one_boot_saw():
    earlier, later = clock.now(), clock.now()
    assert earlier.boot == later.boot
    assert earlier.boottime_ns < later.boottime_ns

"""Records and their bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync import clock
from sync.records import Entry, Moment, ReceiptContent, ReceiptRequested, decode, encode
from sync.rejected import Reason, Rejected

ENTRY = Entry(
    Moment("b00t", 123, 1700000000.5, synchronised=False), ReceiptRequested("F14128", ReceiptContent.CHECKLIST)
)


def test_decode_undoes_encode():
    assert decode(encode(ENTRY)) == ENTRY


def test_the_bytes_are_the_documented_ones():
    head, tail = (
        "0182a474696d6594a4623030747bcb41d954fc40200000c2a67265636f726483a46b696e64b1726563656970",
        "745f726571756573746564a57368656574a6463134313238a7636f6e74656e74a9636865636b6c697374",
    )
    assert encode(ENTRY).hex() == head + tail


def test_an_entry_of_a_later_encoding_is_named_so():
    assert decode(b"\x02" + encode(ENTRY)[1:]).reason is Reason.OTHER_VERSION


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_not_raised(data):
    assert isinstance(decode(b"\x01" + data), Rejected)


def test_the_clock_orders_what_one_boot_saw():
    earlier, later = clock.now(), clock.now()
    assert earlier.boot == later.boot
    assert earlier.boottime_ns < later.boottime_ns

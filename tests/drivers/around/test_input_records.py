"""Records of input devices, however their bytes arrive."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.event_device.records import (
    DROPPED,
    EV_KEY,
    EV_SYN,
    SYN_REPORT,
    NoRecordsError,
    Record,
    RecordReader,
    encode,
)

REPORT = Record(EV_SYN, SYN_REPORT, 0)
said = st.builds(Record, st.integers(1, 0x1F), st.integers(0, 0xFFFF), st.integers(-(2**31), 2**31 - 1))


@given(st.lists(said))
def test_what_is_encoded_is_read_back(records):
    assert RecordReader().receive(b"".join(map(encode, records))) == records


@given(st.lists(said | st.just(DROPPED) | st.just(REPORT)), st.lists(st.integers(0, 1000), max_size=10))
def test_how_the_records_are_chunked_never_matters(records, cuts):
    data = b"".join(map(encode, records))
    reader = RecordReader()
    edges = [0, *sorted(cuts), len(data)]
    chunked = [record for start, end in pairwise(edges) for record in reader.receive(data[start:end])]
    assert chunked == RecordReader().receive(data)


@given(st.binary(max_size=600))
def test_no_bytes_raise_anything_but_that_this_is_no_input_device(data):
    reader = RecordReader()
    try:
        reader.receive(data)
    except NoRecordsError:
        return
    assert reader.unfinished is (len(data) % 24 != 0)


def test_what_the_kernel_dropped_is_skipped_up_to_the_next_report():
    press, release = Record(EV_KEY, 28, 1), Record(EV_KEY, 28, 0)
    data = b"".join(map(encode, [press, REPORT, DROPPED, release, REPORT, press, REPORT]))
    assert RecordReader().receive(data) == [press, DROPPED, press]


def test_an_event_type_no_kernel_has_is_no_record():
    with pytest.raises(NoRecordsError, match="32"):
        RecordReader().receive(encode(Record(0x20, 0, 0)))

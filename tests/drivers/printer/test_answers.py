"""From a printer's bytes to what it says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.answers import AnswerReader, Automatic, Cleared, Nonsense, PaperSensor, ProcessEnded, RealTime

answers = st.one_of(
    st.sampled_from([0x12, 0x16, 0x1A, 0x72]).map(lambda byte: (bytes([byte]), RealTime(byte))),
    # The last is what a TM-T20 says when nothing is wrong.
    st.sampled_from([b"\x10\0\0\0", b"\x38\x08\x0c\0", b"\x14\0\0\x0f"]).map(lambda data: (data, Automatic(data))),
    st.just((b"\x37\x25\0", Cleared())),
    st.sampled_from([b"\0", b"\x0f", b"\x60", b"\x23"]).map(lambda data: (data, PaperSensor())),
    st.from_regex(rb"[0-9]{4}", fullmatch=True).map(
        lambda number: (b"\x37\x22" + number + b"\0", ProcessEnded(number))
    ),
)


def read(*chunks):
    reader = AnswerReader()
    return [answer for chunk in chunks for answer in reader.receive(chunk)]


@given(st.lists(answers))
def test_each_answer_is_told_from_the_others(said):
    assert read(b"".join(data for data, _ in said)) == [answer for _, answer in said]


@given(st.binary(max_size=60), st.lists(st.integers(0, 60)))
def test_how_bytes_are_chunked_never_matters(data, cuts):
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    chunks = [data[start:end] for start, end in pairwise(edges)]
    assert read(*chunks) == read(data)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything(data):
    read(data)


@given(st.binary(max_size=40), answers)
def test_after_any_noise_the_second_answer_at_the_latest_is_heard(noise, answer):
    data, meaning = answer
    assert meaning in read(noise, data * 8)


def test_flow_control_is_no_answer():
    assert read(b"\x13\x12\x11") == [RealTime(0x12)]


@pytest.mark.parametrize("data", [b"\xff", b"\x37\x23", b"\x37\x22123456", b"\x10\x80", b"\x37\x25\x01"])
def test_what_is_no_answer_is_nonsense(data):
    assert any(isinstance(answer, Nonsense) for answer in read(data))

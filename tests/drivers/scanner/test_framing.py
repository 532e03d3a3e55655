"""Where codes begin and end, whatever comes before, between and after them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanner.framing import MAX_FRAME_BYTES, Ending, Framer, Framing

LINE, STX = Framing(), Framing(Ending.STX)
FRAMINGS = [
    LINE,
    STX,
    Framing(Ending.IDLE),
    Framing(prefix=b"~", suffix=b"~~"),
    Framing(Ending.STX, prefix=b"<", suffix=b">"),
]
lines = st.binary(min_size=1, max_size=50).filter(lambda code: not set(code) & set(b"\r\n") and code[0])
binary = st.binary(min_size=1, max_size=50).filter(lambda code: not set(code) & {2, 3})


@given(st.lists(st.tuples(lines, st.sampled_from([b"\r", b"\n", b"\r\n"])), max_size=10))
def test_every_code_comes_out_whatever_ends_its_line(scanned):
    data = b"".join(code + end for code, end in scanned)
    assert Framer(LINE).receive(data) == [code for code, _ in scanned]


@given(st.lists(binary, max_size=10), st.sampled_from([b"", b"\r\n", b"\0"]))
def test_every_binary_code_comes_out_from_between_stx_and_etx(scanned, between):
    data = b"".join(b"\x02" + code + b"\x03" + between for code in scanned)
    framer = Framer(STX)
    assert (framer.receive(data), framer.dropped_bytes) == (scanned, 0)


@given(binary, st.sampled_from(FRAMINGS))
def test_what_is_set_around_a_code_is_cut_off(code, framing):
    if framing.ending is Ending.LINE:
        code = b"F" + code.replace(b"\r", b"").replace(b"\n", b"")
    begin, end = {Ending.LINE: (b"", b"\r"), Ending.STX: (b"\x02", b"\x03"), Ending.IDLE: (b"", b"")}[framing.ending]
    framer = Framer(framing)
    assert framer.receive(begin + framing.prefix + code + framing.suffix + end) + framer.flush() == [code]


frames = st.lists(
    st.one_of(st.binary(max_size=8), st.sampled_from([b"\r", b"\n", b"\x02", b"\x03", b"~", b"x" * 4096]))
)


@given(frames.map(b"".join), st.lists(st.integers(0, 20_000), max_size=10), st.sampled_from(FRAMINGS))
def test_how_the_bytes_are_chunked_never_matters(data, cuts, framing):
    chunked, whole = Framer(framing), Framer(framing)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    found = [code for start, end in pairwise(edges) for code in chunked.receive(data[start:end])]
    assert found + chunked.flush() == whole.receive(data) + whole.flush()
    assert chunked.dropped_bytes == whole.dropped_bytes


@given(st.integers(MAX_FRAME_BYTES - 2, MAX_FRAME_BYTES + 2), st.integers(1, 3000))
def test_a_line_too_long_for_a_code_is_dropped_whole_in_any_chunks(length, chunk):
    framer = Framer(LINE)
    data = b"x" * length + b"\rF14128\r"
    found = [code for at in range(0, len(data), chunk) for code in framer.receive(data[at : at + chunk])]
    assert found == ([b"x" * length] if length <= MAX_FRAME_BYTES else []) + [b"F14128"]


@pytest.mark.parametrize("framing", FRAMINGS)
def test_endless_noise_takes_no_more_memory_than_one_code(framing):
    framer = Framer(framing)
    for _ in range(500):
        assert framer.receive(b"\x00\xff" * 2048) == []
    assert len(framer._frame) <= MAX_FRAME_BYTES
    assert framer.dropped_bytes > 1_000_000 / 2


def test_half_a_code_waits_for_its_end():
    framer = Framer(LINE)
    assert framer.receive(b"F141") == []
    assert framer.receive(b"28\r") == [b"F14128"]


@pytest.mark.parametrize("framing", [LINE, STX])
def test_half_a_code_whose_end_does_not_come_is_no_part_of_the_next(framing):
    framer = Framer(framing)
    framer.receive(b"\x02F141")
    assert framer.flush() == []
    assert framer.receive(b"\x02F14128\x03" if framing is STX else b"F14128\r") == [b"F14128"]


def test_a_frame_that_begins_within_another_begins_anew():
    framer = Framer(STX)
    assert framer.receive(b"\x02F1\x02F141\x02F14128\x03") == [b"F14128"]
    assert framer.dropped_bytes == len(b"F1" + b"F141")


def test_silence_ends_a_code_that_nothing_else_ends():
    framer = Framer(Framing(Ending.IDLE))
    assert framer.receive(b"F141") + framer.receive(b"28") == []
    assert framer.flush() == [b"F14128"]
    assert not framer.pending


@pytest.mark.parametrize("code", [b"F14128", b"~F14128", b"F14128~", b"~"])
def test_a_code_without_what_the_scanner_was_set_to_add_is_none(code):
    framer = Framer(Framing(prefix=b"~", suffix=b"~"))
    assert framer.receive(code + b"\r") == []
    assert framer.dropped_bytes == len(code)


def test_the_nuls_of_a_line_that_is_plugged_in_are_no_part_of_a_code():
    assert Framer(LINE).receive(b"\0\0\r\0F14128\r") == [b"F14128"]


def test_what_lost_bytes_is_dropped_up_to_its_end():
    framer = Framer(LINE)
    framer.receive(b"F14")
    framer.spoil()
    assert framer.receive(b"8\rF14128\r") == [b"F14128"]

"""What a scanner that pretends to be a keyboard writes, by its layout."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import DeviceName
from drivers.scanner.hearing import Hearing
from drivers.scanner.key_hearing import KeyHearing
from drivers.scanner.keys import (
    EV_KEY,
    EV_SYN,
    KEY_CAPSLOCK,
    KEY_ENTER,
    SYN_DROPPED,
    Keyboard,
    Records,
    record,
    typed,
)
from drivers.scanner.layouts import Layout

SHIFT, ALTGR, CTRL, ALT, CAPS = 42, 100, 29, 56, KEY_CAPSLOCK
A, E, Q, DIGIT_2, DIGIT_9, HAT, CLOSING, ENTER = 30, 18, 16, 3, 10, 26, 12, KEY_ENTER
KP = {0: 82, 1: 79, 2: 80, 3: 81, 5: 76, 6: 77, 9: 73}


def written(layout, *presses):
    """Press keys, each a code, or a tuple of codes of which all but the last are held."""
    keyboard = Keyboard(layout)
    out = b""
    for press in presses:
        *held, last = press if isinstance(press, tuple) else (press,)
        for code in (*held, last):
            out += keyboard.down(code)
        for code in (last, *reversed(held)):
            out += keyboard.up(code)
    return out


@pytest.mark.parametrize(
    ("layout", "presses", "text"),
    [
        (Layout.US, (Q, A, (SHIFT, Q), DIGIT_2, (SHIFT, DIGIT_2)), "qaQ2@"),
        (Layout.FRENCH, (Q, A, (SHIFT, Q), DIGIT_2, (SHIFT, DIGIT_2)), "aqAé2"),
        (Layout.FRENCH, ((ALTGR, 11), (ALTGR, CLOSING), (ALTGR, E)), "@]€"),
        (Layout.FRENCH, (HAT, E, (SHIFT, HAT), E), "êë"),
        (Layout.FRENCH, (HAT, 57, HAT, HAT, HAT, 45), "^^^^x"),
        (Layout.FRENCH, ((ALTGR, DIGIT_9), 18), "^e"),
        (Layout.US, (CAPS, A, DIGIT_2, (SHIFT, A), CAPS, A), "A2aa"),
        (Layout.FRENCH, (CAPS, Q, 2, (SHIFT, Q), CAPS, Q), "A1aa"),
        (Layout.US, (KP[1], 55, KP[2], 98, 74, 78, 83), "1*2/-+."),
        (Layout.US, (28, 96, 15, 57), "\r\r\t "),
        (Layout.FRENCH, ((CTRL, 27), (CTRL, SHIFT, 7), (CTRL, SHIFT, 12)), "\x1d\x1e\x1f"),
        (Layout.FRENCH, ((CTRL, ALT, 11), (CTRL, ALT, CLOSING), (CTRL, ALT, E)), "@]€"),
        (Layout.US, ((CTRL, ALT, 27),), "\x1d"),
        (Layout.FRENCH, (HAT, (CTRL, 27), Q), "^\x1da"),
    ],
)
def test_each_key_writes_what_its_layout_says(layout, presses, text):
    assert written(layout, *presses).decode() == text


def test_alt_and_four_digits_are_a_byte_and_three_a_letter_of_the_old_code_page():
    assert written(Layout.US, (ALT, KP[0], KP[1], KP[9], KP[5])) == b"\xc3"
    assert written(Layout.FRENCH, (ALT, KP[1], KP[3], KP[0])) == "é".encode()
    assert written(Layout.FRENCH, (ALT, KP[0], KP[0], KP[2], KP[9])) == b"\x1d"


def test_a_mark_that_waits_stands_before_a_byte_made_of_digits():
    assert written(Layout.FRENCH, HAT, (ALT, KP[0], KP[0], KP[2], KP[9]), Q) == b"^\x1da"


def test_caps_lock_whose_second_press_was_lost_ends_with_its_code():
    hearing = KeyHearing(Hearing(DeviceName("scanner")), Layout.US)

    def press(*codes):
        return b"".join(record(EV_KEY, code, value) for code in codes for value in (1, 0))

    lost = record(EV_SYN, SYN_DROPPED, 0)
    assert hearing.receive(press(A) + lost + press(Q, CAPS, ENTER), 10.0) == []
    assert [each.code for each in hearing.receive(press(A, Q, ENTER), 12.0)] == [b"aq"]


def test_alt_and_digits_that_are_no_byte_write_nothing():
    assert written(Layout.US, (ALT, KP[0], KP[9], KP[9], KP[9]), ALT) == b""


def test_control_and_a_letter_are_a_control_character():
    assert written(Layout.US, (CTRL, 27), (CTRL, 48), (CTRL, 46)) == b"\x1d\x02\x03"


def test_a_key_that_writes_nothing_writes_nothing():
    assert written(Layout.FRENCH, 59, 111, (ALTGR, A), (CTRL, DIGIT_2)) == b""


def test_keys_held_when_events_were_lost_are_taken_for_none():
    keyboard = Keyboard(Layout.US)
    keyboard.down(SHIFT)
    keyboard.forget()
    assert keyboard.down(A) == b"a"


@given(st.binary(max_size=60), st.sampled_from(Layout))
def test_every_byte_of_a_code_comes_through_the_keys(code, layout):
    keyboard = Keyboard(layout)
    out = [(keyboard.down if value else keyboard.up)(key) for kind, key, value in typed(code, layout) if kind == EV_KEY]
    assert b"".join(out) == code


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 0xFFFF) | st.integers(0, 120))), st.sampled_from(Layout))
def test_no_keys_raise_anything(presses, layout):
    keyboard = Keyboard(layout)
    for down, code in presses:
        (keyboard.down if down else keyboard.up)(code)


events = st.lists(st.tuples(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.integers(-(2**31), 2**31 - 1)))


@given(events, st.lists(st.integers(0, 500), max_size=10))
def test_how_the_records_are_chunked_never_matters(sent, cuts):
    data = b"".join(record(*event) for event in sent)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    records = Records()
    assert [event for start, end in pairwise(edges) for event in records.receive(data[start:end])] == sent

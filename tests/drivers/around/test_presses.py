"""From levels to presses: bounces, long presses, jammed keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Caution, DeviceName, DeviceUp
from drivers.keypad.presses import Presses, Timing
from drivers.news import Key, KeyHeld, KeyPressed, KeyReleased

PAD = DeviceName("keypad")
PRESSED, HELD, RELEASED = (news(PAD, Key.NEXT) for news in (KeyPressed, KeyHeld, KeyReleased))
STUCK, WELL = DeviceUp(PAD, Caution.KEY_STUCK), DeviceUp(PAD)
moves = st.lists(st.tuples(st.sampled_from(Key), st.booleans(), st.floats(0, 30)), max_size=30)


def pad(*down):
    return Presses(PAD, Timing(settle_s=0.01, long_press_s=0.8, stuck_s=20), down, now_s=0)


def test_a_press_is_told_once_its_contact_has_settled():
    presses = pad()
    assert presses.level(Key.NEXT, 1.0, down=True) == []
    assert presses.wait_s(1.0) == pytest.approx(0.01)
    assert presses.tick(1.02) == [PRESSED]
    assert presses.level(Key.NEXT, 1.2, down=False) == []
    assert presses.tick(1.22) == [RELEASED]


def test_a_contact_that_bounces_is_one_press():
    presses = pad()
    heard = [event for ms in range(8) for event in presses.level(Key.NEXT, 1 + ms / 1000, down=ms % 2 == 0)]
    heard += presses.level(Key.NEXT, 1.008, down=True) + presses.tick(1.1)
    assert heard == [PRESSED]


def test_a_spike_on_a_long_wire_is_no_press():
    presses = pad()
    heard = presses.level(Key.NEXT, 1.0, down=True) + presses.level(Key.NEXT, 1.002, down=False)
    assert heard + presses.tick(5) == []


def test_a_long_press_is_told_once():
    presses = pad()
    presses.level(Key.NEXT, 1.0, down=True)
    presses.tick(1.02)
    assert presses.tick(1.9) == [HELD]
    assert presses.tick(5) == []


def test_a_jammed_key_counts_as_released_and_is_told_until_it_comes_up():
    presses = pad()
    presses.level(Key.NEXT, 0, down=True)
    presses.tick(0.02)
    presses.tick(1)
    assert presses.tick(20.1) == [RELEASED, STUCK]
    assert presses.level(Key.CHOOSE, 30, down=True) + presses.tick(30.02) == [KeyPressed(PAD, Key.CHOOSE)]
    assert presses.level(Key.NEXT, 31, down=False) + presses.tick(31.02) == [KeyHeld(PAD, Key.CHOOSE), WELL]


def test_a_key_that_was_down_before_anybody_looked_tells_nothing():
    presses = pad(Key.NEXT)
    assert presses.tick(10) == []
    assert presses.level(Key.NEXT, 11, down=False) + presses.tick(12) == []
    assert presses.level(Key.NEXT, 13, down=True) + presses.tick(13.02) == [PRESSED]


def test_a_key_that_is_jammed_from_the_start_is_told():
    assert pad(Key.NEXT).tick(20.1) == [STUCK]


def test_a_pad_that_goes_away_releases_what_is_down():
    presses = pad()
    presses.level(Key.NEXT, 1, down=True)
    presses.tick(1.02)
    assert presses.lost() == [RELEASED]


@given(moves)
def test_whatever_the_levels_each_press_has_one_release_and_at_most_one_hold_between(moved):
    presses, now_s, heard = pad(), 0.0, []
    for key, down, after_s in moved:
        now_s += after_s
        heard += presses.level(key, now_s, down=down)
    heard += presses.lost()
    for key in Key:
        told = "".join(type(event).__name__[3] for event in heard if getattr(event, "key", None) is key)
        assert told.replace("PHR", "").replace("PR", "") == ""


@given(moves, st.floats(0, 30))
def test_nothing_is_told_before_the_time_it_was_promised_for(moved, ahead):
    presses, now_s = pad(), 0.0
    for key, down, after_s in moved:
        now_s += after_s
        presses.level(key, now_s, down=down)
        wait_s = presses.wait_s(now_s)
        assert wait_s is None or wait_s >= 0
    wait_s = presses.wait_s(now_s)
    if wait_s is None or ahead < wait_s * 0.999:
        assert presses.tick(now_s + ahead) == []

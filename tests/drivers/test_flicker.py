"""A device that comes and goes many times a second is told of as lost, until it stays."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.flicker import Flicker, Often
from drivers.interface import Caution, DeviceDown, DeviceName, DeviceUp, Fault

NAME = DeviceName("printer")
UP, NEAR_END = DeviceUp(NAME), DeviceUp(NAME, Caution.PAPER_NEAR_END)
LOST, OPEN = DeviceDown(NAME, Fault.UNPLUGGED), DeviceDown(NAME, Fault.COVER_OPEN)
OFTEN = Often(changes=4, within_s=10, stays_s=3)
heard = st.lists(st.tuples(st.sampled_from([UP, NEAR_END, LOST, OPEN]), st.floats(0, 5)), max_size=60)


def told(events, often=OFTEN):
    """Return what is told of `(event, so many seconds later)`, looked at every tenth of a second."""
    flicker, now_s, said = Flicker(often), 0.0, []
    for event, wait_s in events:
        said.append((now_s, flicker.take(event, now_s)))
        looks_s = [now_s + tenth / 10 for tenth in range(int(wait_s * 10))]
        said += [(at_s, flicker.tick(at_s)) for at_s in looks_s]
        now_s += wait_s
    now_s += 1.01 * often.stays_s
    said.append((now_s, flicker.tick(now_s)))
    return [(at_s, event) for at_s, event in said if event is not None]


def test_what_happens_now_and_then_is_told_at_once_and_once():
    assert told([(UP, 1), (LOST, 1), (LOST, 1), (UP, 1)]) == [(0, UP), (1, LOST), (3, UP)]


def test_a_device_that_comes_and_goes_a_hundred_times_a_second_is_lost_until_it_stays():
    told_of = told([(UP, 0.01), (LOST, 0.01)] * 500 + [(UP, 1)])
    assert [event for _, event in told_of] == [UP, LOST, UP, LOST, UP]


def test_a_device_that_comes_and_goes_each_half_second_is_lost_until_it_stays():
    told_of = told([(UP, 0.5), (LOST, 0.5)] * 100 + [(UP, 4)])
    assert [event for _, event in told_of] == [UP, LOST, UP, LOST, UP]


def test_one_that_changes_its_reason_a_hundred_times_a_second_is_told_in_peace():
    assert len(told([(LOST, 0.01), (OPEN, 0.01)] * 500)) <= OFTEN.changes + 1


@given(heard)
def test_the_last_state_is_told_once_it_has_stayed(events):
    said = told(events)
    assert not events or said[-1][1] == events[-1][0]


@given(heard)
def test_that_a_device_is_lost_is_told_at_once(events):
    """Nobody is sent to a printer that is not there."""
    flicker, now_s, told_last = Flicker(OFTEN), 0.0, None
    for event, wait_s in events:
        told_last = flicker.take(event, now_s) or told_last
        assert not isinstance(event, DeviceDown) or isinstance(told_last, DeviceDown)
        now_s += wait_s


@given(heard)
def test_nothing_is_told_twice(events):
    said = [event for _, event in told(events)]
    assert all(first != second for first, second in pairwise(said))

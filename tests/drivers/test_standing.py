"""A device is absent, opening, ready, degraded or at fault, with a reason and since when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Caution, DeviceDown, DeviceName, DeviceUp, Fault
from drivers.standing import Presence, Standing, after, crashed

NAME = DeviceName("printer")
UP = DeviceUp(NAME)
STARTING = DeviceDown(NAME, Fault.STARTING)
events = st.one_of(
    st.builds(DeviceUp, st.just(NAME), st.none() | st.sampled_from(Caution)),
    st.builds(DeviceDown, st.just(NAME), st.sampled_from(Fault)),
)


def standing(*told, now_s=0.0):
    found = Standing(NAME, now_s)
    for event in told:
        now_s += 1
        found = after(found, event, now_s)
    return found


def test_a_device_of_which_nothing_is_known_is_not_taken_for_good():
    assert not standing().serves
    assert standing().presence is Presence.OPENING


def test_a_device_that_is_not_there_is_absent_and_one_that_refuses_is_at_fault():
    assert standing(DeviceDown(NAME, Fault.UNPLUGGED)).presence is Presence.ABSENT
    assert standing(DeviceDown(NAME, Fault.REFUSED)).presence is Presence.FAULT


def test_a_device_with_a_caution_serves_and_says_it():
    found = standing(DeviceUp(NAME, Caution.PAPER_NEAR_END))
    assert (found.presence, found.reason, found.serves) == (Presence.DEGRADED, Caution.PAPER_NEAR_END, True)


def test_the_same_news_again_changes_nothing_and_not_since_when():
    assert standing(UP, UP).since_s == 1
    assert standing(UP, DeviceUp(NAME, Caution.PAPER_NEAR_END)).since_s == 2


def test_ups_and_downs_are_counted_once_each():
    found = standing(
        UP,
        DeviceUp(NAME, Caution.PAPER_NEAR_END),
        DeviceDown(NAME, Fault.CRASHED),
        DeviceDown(NAME, Fault.UNPLUGGED),
        UP,
    )
    assert (found.times_up, found.times_down) == (2, 1)


def test_every_crash_is_counted():
    assert crashed(crashed(standing(UP))).crashes == 2


@given(st.lists(events))
def test_whatever_is_told_a_device_serves_when_its_last_news_was_up(told):
    """That it starts is news of a device alone of which nothing is known."""
    known = [event for event in told if event != STARTING]
    assert standing(*told).serves == bool(known and isinstance(known[-1], DeviceUp))


@given(st.lists(st.sampled_from([STARTING, DeviceDown(NAME, Fault.HANGING)]) | events))
def test_a_device_starts_only_where_no_more_is_known_than_that_it_hung_meanwhile(told):
    nothing_known = all(event in {STARTING, DeviceDown(NAME, Fault.HANGING)} for event in told)
    found = standing(*told, STARTING)
    assert (found.reason is Fault.STARTING) == nothing_known
    assert nothing_known or found == standing(*told)


@given(st.lists(events))
def test_downs_never_outnumber_ups_by_more_than_the_first(told):
    found = standing(*told)
    assert 0 <= found.times_down - found.times_up + found.serves <= 1


def test_a_device_that_is_long_in_starting_is_still_opening_and_what_is_known_of_one_is_not_forgotten():
    assert (standing(STARTING).presence, standing(STARTING).times_down) == (Presence.OPENING, 0)
    assert standing(UP, STARTING) == standing(UP)


def test_a_device_that_hung_once_while_it_was_opened_is_starting_again_and_one_that_served_is_not():
    hung = DeviceDown(NAME, Fault.HANGING)
    again = standing(STARTING, hung, STARTING)
    assert (again.presence, again.reason, again.times_down) == (Presence.OPENING, Fault.STARTING, 1)
    assert standing(UP, hung, STARTING) == standing(UP, hung)

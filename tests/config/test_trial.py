"""A version on trial: every order of events ends with one that works, and nothing that works is put back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from config.trial import (
    MAX_ATTEMPTS,
    MAX_STARTS,
    PATIENCE_S,
    STEADY_S,
    Failed,
    Health,
    Lack,
    Refused,
    Seen,
    Standing,
    Started,
    Trial,
    Wanted,
    Watch,
    advance,
    lacks,
    watch,
)

GOOD = Standing(3, "three", newest=3)
WELL = Health(screen=3, link=3, content=True, records=True, devices=frozenset({"printer", "scanner"}), hub=True)
ON_FOUR = replace(WELL, screen=4, link=4)


@pytest.fixture
def trying():
    """Version 4 has been on trial since second 0."""
    return advance(watch(GOOD, 0), Wanted(4, "four", WELL), 0)


def after(state, *events):
    """Take events, each a second and what happens then."""
    for now_s, event in events:
        state = advance(state, event, now_s)
    return state


def test_a_version_in_health_for_ten_seconds_is_good(trying):
    assert after(trying, (5, Seen(ON_FOUR)), (14, Seen(ON_FOUR))).standing.good == 3
    assert after(trying, (5, Seen(ON_FOUR)), (15, Seen(ON_FOUR))).standing == Standing(4, "four", newest=4)


def test_a_screen_that_has_said_nothing_since_is_not_in_health(trying):
    state = after(trying, (5, Seen(ON_FOUR)), (15, Seen(replace(ON_FOUR, age_s=4.0))))
    assert state.standing.good == 3
    assert advance(state, Seen(replace(ON_FOUR, age_s=1.0)), 16).standing.good == 4


def test_a_process_that_starts_again_has_its_ten_seconds_anew(trying):
    state = after(trying, (5, Seen(ON_FOUR)), (12, Started("kiosk")), (15, Seen(ON_FOUR)), (24, Seen(ON_FOUR)))
    assert state.standing.good == 3
    assert advance(state, Seen(ON_FOUR), 25).standing.good == 4


@pytest.mark.parametrize(
    ("lacking", "lack"),
    [
        ({"screen": 3}, Lack.SCREEN),
        ({"screen": None}, Lack.SCREEN),
        ({"content": False}, Lack.CONTENT),
        ({"theme": False}, Lack.THEME),
        ({"papers": False}, Lack.PAPERS),
        ({"records": False}, Lack.RECORDS),
        ({"devices": frozenset({"printer"})}, Lack.DEVICES),
        ({"hub": False}, Lack.HUB),
        ({"link": 3}, Lack.HUB),
    ],
)
def test_what_lacks_health_for_long_is_put_back_with_the_reason(trying, lacking, lack):
    seen = Seen(replace(ON_FOUR, **lacking))
    assert after(trying, (49.9, seen)).standing.in_force == 4
    assert after(trying, (50, seen)).standing == Standing(3, "three", None, Refused("four", (lack,), 1), newest=4)


def test_what_did_not_work_before_need_not_work_now():
    offline = Health(screen=3, link=3, records=True)
    state = advance(watch(GOOD, 0), Wanted(4, "four", offline), 0)
    now = replace(offline, screen=4)
    assert after(state, (1, Seen(now)), (11, Seen(now))).standing.good == 4


def test_three_starts_without_health_put_it_back_before_a_minute_is_over(trying):
    starts = ((at_s, Started("kiosk")) for at_s in (1, 2, 3))
    state = after(trying, *starts, (3, Started("sync")))
    assert state.standing.in_force == 4
    assert advance(state, Started("kiosk"), 4).standing == Standing(
        3, "three", None, Refused("four", (Lack.STARTS,), 1), newest=4
    )


def test_starts_count_on_after_a_cut_of_power_and_the_minute_begins_anew(trying):
    state = after(trying, (1, Started("kiosk")), (2, Started("kiosk")), (3, Started("kiosk")))
    again = watch(state.standing, 1_000)
    assert advance(again, Seen(Health()), 1_049).standing.in_force == 4
    assert advance(again, Started("kiosk"), 1_001).standing.in_force == 3


def test_a_session_under_way_is_waited_for_however_long(trying):
    busy = Seen(replace(WELL, busy=True))
    state = after(trying, *((at_s, busy) for at_s in range(1, 2_000, 20)))
    assert state.standing.in_force == 4
    assert after(state, (2_000, Seen(ON_FOUR)), (2_010, Seen(ON_FOUR))).standing.good == 4


def test_a_session_on_the_version_on_trial_does_not_keep_it_there(trying):
    assert after(trying, (50, Seen(replace(ON_FOUR, busy=True, records=False)))).standing.in_force == 3


def test_the_same_push_twice_changes_nothing(trying):
    passed = after(trying, (5, Seen(ON_FOUR)), (15, Seen(ON_FOUR)))
    for state, health in ((trying, WELL), (passed, ON_FOUR)):
        assert advance(state, Wanted(9, "four", health), 16).standing == state.standing


def test_what_was_refused_for_what_it_says_is_not_tried_again(trying):
    state = advance(trying, Failed(Lack.UNUSABLE), 1)
    assert advance(state, Wanted(5, "four", WELL), 2) == state


def test_what_lacked_the_hub_alone_is_tried_three_times(trying):
    state, tried = trying, 1
    while state.standing.trial:
        number = state.standing.in_force
        state = advance(state, Seen(replace(WELL, screen=number, link=number, hub=False)), 2_000 * tried)
        assert advance(state, Wanted(number + 1, "four", WELL), 2_000 * tried + 899) == state
        state = advance(state, Wanted(number + 1, "four", WELL), 2_000 * tried + 900)
        tried += bool(state.standing.trial)
    assert (tried, state.standing.refused) == (MAX_ATTEMPTS, Refused("four", (Lack.HUB,), MAX_ATTEMPTS))


def test_what_lacked_the_hub_is_not_tried_again_before_the_hub_is_reached(trying):
    state = advance(trying, Seen(replace(ON_FOUR, hub=False)), 50)
    assert advance(state, Wanted(5, "four", replace(WELL, hub=False)), 970) == state
    assert advance(state, Wanted(5, "four", WELL), 980).standing.trial.attempt == 2


def test_who_wants_the_good_version_again_ends_the_trial(trying):
    assert advance(trying, Wanted(5, "three", ON_FOUR), 3).standing.trial is None


def test_a_trial_in_place_of_another_is_measured_by_what_worked_before_both(trying):
    state = advance(trying, Wanted(5, "five", Health(screen=4)), 30)
    assert (state.standing.trial.devices, state.standing.trial.hub) == (WELL.devices, True)
    assert after(state, (79, Seen(Health()))).standing.in_force == 5
    assert after(state, (80, Seen(Health()))).standing.in_force == 3


class AnyOrder(RuleBasedStateMachine):
    """Pushes, starts, looks and restarts in any order, on a device whose versions work or do not."""

    def __init__(self):
        super().__init__()
        self.now_s = 0.0
        self.state = watch(Standing(), 0.0)
        self.newest = 0
        self.works = {0: True}
        self.dresses = {0: True}
        self.steady_since_s = None

    def take(self, event):
        before = self.state.standing
        self.state = advance(self.state, event, self.now_s)
        after = self.state.standing
        if after.good != before.good:
            assert (after.good, after.trial) == (before.trial.version, None)
            assert self.works[after.good]
            assert self.dresses[after.good]
            assert self.steady_since_s is not None
            assert self.now_s - self.steady_since_s >= STEADY_S
        if before.trial and after.trial is None and after.good == before.good:
            assert isinstance(event, Wanted) or after.refused.lacks
        return before, after

    @rule(works=st.booleans(), dresses=st.booleans(), digest=st.sampled_from("abcd"))
    def push(self, works, dresses, digest):
        self.newest += 1
        self.works[self.newest], self.dresses[self.newest] = works, dresses
        before = Health(screen=self.state.standing.good, records=True, hub=True)
        was, after = self.take(Wanted(self.newest, digest, before))
        if was.trial != after.trial:
            self.steady_since_s = None
        if after.trial:
            assert after.trial.digest != after.digest

    @rule(process=st.sampled_from(["kiosk", "sync"]))
    def start(self, process):
        self.steady_since_s = None
        before, after = self.take(Started(process))
        if before.trial and before.trial.starts.get(process, 0) >= MAX_STARTS:
            assert after.trial is None

    @rule(passed_s=st.floats(0.1, 30), busy=st.booleans(), well=st.booleans())
    def look(self, passed_s, busy, well):
        self.now_s += passed_s
        number = self.state.standing.in_force
        works, dresses = well and self.works[number], self.dresses[number]
        health = Health(screen=number, link=number, busy=busy, records=works, theme=dresses, hub=True)
        trial = self.state.standing.trial
        if trial and not lacks(trial, health):
            self.steady_since_s = self.now_s if self.steady_since_s is None else self.steady_since_s
        else:
            self.steady_since_s = None
        self.take(Seen(health))

    @precondition(lambda self: self.state.standing.trial)
    @rule()
    def a_minute_passes(self):
        self.now_s += PATIENCE_S
        number = self.state.standing.in_force
        works, dresses = self.works[number], self.dresses[number]
        health = Health(screen=number, link=number, records=works, theme=dresses, hub=True)
        for _ in range(2):
            self.steady_since_s = self.steady_since_s or self.now_s
            self.take(Seen(health))
            self.now_s += STEADY_S + 1
        assert self.state.standing.trial is None
        self.steady_since_s = None

    @rule()
    def the_power_is_cut(self):
        self.now_s, self.steady_since_s = 0.0, None
        self.state = watch(self.state.standing, 0.0)

    @invariant()
    def what_is_in_force_passed_or_is_on_trial(self):
        assert isinstance(self.state, Watch)
        assert self.works[self.state.standing.good]
        assert self.dresses[self.state.standing.good]


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)


def test_a_list_of_certificates_that_could_not_be_used_before_is_not_asked_of_a_version():
    state = advance(watch(GOOD, 0), Wanted(4, "four", replace(WELL, papers=False)), 0)
    assert lacks(state.standing.trial, replace(ON_FOUR, papers=False)) == ()


def test_a_theme_that_cannot_be_shown_is_never_good_whatever_worked_before():
    trial = Trial(1, "d1", content=False, records=False, devices=frozenset(), hub=False)
    assert lacks(trial, Health(screen=1)) == ()
    assert lacks(trial, Health(screen=1, theme=False)) == (Lack.THEME,)

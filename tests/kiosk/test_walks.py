"""Whatever a citizen touches and whatever happens: there is a way on, a way home, help and an end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from kiosk_samples import CARD, FOLDER, FRONT_PAGE, HITS, MOVE, PARTNERS, READY, SERVICES, address

from catalogue.pack_fault import PackFault
from catalogue.sheet import SheetLink
from drivers.interface import Fault
from kiosk.journeys import advance
from kiosk.journeys import events as ev
from kiosk.journeys.effects import PrintReceipt, Record, WipeSession
from kiosk.journeys.state import BACK_DEPTH, Home, Settings, State
from kiosk.receipt import receipt
from kiosk.view import render

SHEETS = (MOVE, CARD, FOLDER, SERVICES)
NEIGHBOURS = tuple(SheetLink(sheet.id, sheet.title) for sheet in SHEETS)
JOBS = st.integers(1, 4)
NEWS = st.one_of(
    st.builds(ev.Ticked, st.floats(0, 500)),
    st.sampled_from([ev.FrontPageLoaded(FRONT_PAGE), ev.PackRefused(PackFault.DAMAGED)]),
    st.builds(ev.SheetLoaded, st.sampled_from(SHEETS), st.sampled_from([(), NEIGHBOURS])),
    st.builds(ev.SheetMissing, st.sampled_from([sheet.id for sheet in SHEETS])),
    st.builds(ev.Found, st.sampled_from(["r", "rs", "é"]), st.sampled_from([(), HITS[:1], HITS])),
    st.builds(ev.Recorded, JOBS),
    st.builds(ev.NotRecorded, JOBS),
    st.builds(ev.Printed, JOBS),
    st.builds(ev.NotPrinted, JOBS, st.sampled_from([None, *Fault])),
    st.builds(ev.Scanned, st.sampled_from([address("F14128").encode(), b"\xff", b"3017620422003"])),
    st.sampled_from([ev.SettingsArrived(Settings(2)), ev.SettingsArrived(Settings(3, partners=PARTNERS))]),
)
# A step is a piece of news, or the n-th thing that can be touched on the screen.
STEPS = st.lists(st.one_of(NEWS, st.integers(0, 60)), max_size=40)


def walk(steps, state=READY):
    """Yield each state, its screen and the effects that led there."""
    yield state, render(state), []
    for step in steps:
        event = step
        if isinstance(step, int):
            touches = [button.event for button in render(state).buttons() if button.event]
            event = touches[step % len(touches)]
        before_s = state.now_s
        if isinstance(event, ev.Ticked):
            event = ev.Ticked(before_s + event.now_s / 10)
        state, effects = advance(state, event)
        yield state, render(state), effects


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_every_screen_offers_help_the_end_and_a_way_home(steps):
    for state, screen, _ in walk(steps):
        events = {type(button.event) for button in screen.buttons()}
        assert ev.EndTouched in events
        if state.warned:
            assert ev.StillHereTouched in events
            continue
        labels = {button.label for button in screen.buttons()}
        assert "Un conseiller peut vous aider" in labels
        assert isinstance(state.place, Home) or ev.HomeTouched in events


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_one_touch_leads_home_from_everywhere(steps):
    *_, (state, _, _) = walk(steps)
    assert isinstance(advance(state, ev.HomeTouched())[0].place, Home)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_the_end_leaves_what_a_fresh_kiosk_has(steps):
    *_, (state, _, _) = walk(steps)
    ended, effects = advance(state, ev.EndTouched())
    assert WipeSession() in effects
    fresh = State(
        ended.patience,
        ended.structure,
        state.front_page,
        state.pack_fault,
        opening_hours=ended.opening_hours,
        partners=ended.partners,
    )
    kept = ("job", "jobs", "now_s", "quiet_since_s", "saying", "said_s")
    assert {f: getattr(ended, f) for f in State.__slots__ if f not in kept} == {
        f: getattr(fresh, f) for f in State.__slots__ if f not in kept
    }
    assert ended.job is None or ended.job.busy


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_each_paper_is_recorded_once_and_before_it_is_sent(steps):
    recorded, sent = [], []
    for _, _, effects in walk(steps):
        for effect in effects:
            if isinstance(effect, Record):
                recorded.append(effect.job)
            if isinstance(effect, PrintReceipt):
                sent.append(effect.job)
                assert recorded
    assert len(set(recorded)) == len(recorded)
    assert len(set(sent)) == len(sent)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_whatever_is_sent_to_the_printer_makes_a_receipt(steps):
    for _, _, effects in walk(steps):
        for effect in effects:
            if isinstance(effect, PrintReceipt):
                assert receipt(effect.paper, "France Services", "2026-11-23")


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_a_session_never_grows_without_end(steps):
    for state, _, _ in walk([*steps, *steps, *steps]):
        assert len(state.back) <= BACK_DEPTH


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_every_screen_and_everything_to_touch_can_be_spoken(steps):
    for _, screen, _ in walk(steps):
        assert screen.spoken.strip()
        assert all(button.spoken.strip() for button in screen.buttons())

"""Whatever a citizen touches and whatever happens: there is a way on, a way home, help and an end."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from kiosk_samples import CARD, FOLDER, FRONT_PAGE, HITS, MOVE, PARTNERS, READY, SERVICES, address

from catalogue.pack_fault import PackFault
from catalogue.sheet import SheetLink
from drivers.interface import Fault
from drivers.news import Jack, Key, PowerSource
from drivers.two_d_doc.verdict import Line, Paper, Verdict
from kiosk.beside import beside
from kiosk.four_keys import turn
from kiosk.journeys import advance, news, touches
from kiosk.journeys.effects import Light, PrintReceipt, Record, Say, WipeSession
from kiosk.journeys.events import KeyPressed
from kiosk.journeys.places import CheckingPaper, Helping, Home, Listing, Reading, Searching
from kiosk.journeys.settings import Settings
from kiosk.journeys.state import BACK_DEPTH, State
from kiosk.lamp import signal
from kiosk.receipt import receipt
from kiosk.view import render
from kiosk.view.stops import stops

SHEETS = (MOVE, CARD, FOLDER, SERVICES)
SEALED = Paper(Verdict.GENUINE, title="Avis d’impôt", lines=(Line("Déclarant 1", "DURAND Zoé"),))
NEIGHBOURS = tuple(SheetLink(sheet.id, sheet.title) for sheet in SHEETS)
JOBS = st.integers(1, 4)
NEWS = st.one_of(
    st.builds(news.Ticked, st.floats(0, 500)),
    st.sampled_from([news.FrontPageLoaded(FRONT_PAGE), news.PackRefused(PackFault.DAMAGED)]),
    st.builds(news.SheetLoaded, st.sampled_from(SHEETS), st.sampled_from([(), NEIGHBOURS])),
    st.builds(news.SheetMissing, st.sampled_from([sheet.id for sheet in SHEETS])),
    st.builds(news.Found, st.sampled_from(["r", "rs", "é"]), st.sampled_from([(), HITS[:1], HITS])),
    st.builds(news.Recorded, JOBS),
    st.builds(news.NotRecorded, JOBS),
    st.builds(news.Printed, JOBS),
    st.builds(news.NotPrinted, JOBS, st.sampled_from([None, *Fault])),
    st.builds(news.Scanned, st.sampled_from([address("F14128").encode(), b"\xff", b"3017620422003"])),
    st.sampled_from([news.SettingsArrived(Settings(2)), news.SettingsArrived(Settings(3, partners=PARTNERS))]),
)
KEYS = st.builds(KeyPressed, st.sampled_from(Key))
AROUND = st.one_of(
    st.builds(news.JackChanged, st.sampled_from(Jack)),
    st.builds(news.VoiceChanged, st.booleans()),
    st.builds(news.PowerChanged, st.sampled_from(["power", "ignition"]), st.sampled_from(PowerSource)),
    st.builds(news.DeviceChanged, st.sampled_from(["keypad", "headphones", "power"]), st.sampled_from([None, *Fault])),
)
# A step is a piece of news, a key of the pad, or the n-th thing that can be touched on the screen.
STEPS = st.lists(st.one_of(NEWS, KEYS, KEYS, AROUND, st.integers(0, 60)), max_size=40)


STARTS = st.sampled_from(
    [
        READY,
        *(
            replace(READY, place=place)
            for place in (Listing(MOVE, (0, 0)), Reading(CARD), Searching("zzz", ()), CheckingPaper(SEALED), Helping())
        ),
    ]
)


def walk(steps, state=READY):
    """Yield each state, its screen and the effects that led there."""
    yield state, render(state), []
    for step in steps:
        event = step
        if isinstance(step, int):
            shown = [button.event for button in render(state).buttons() if button.event]
            event = shown[step % len(shown)]
        before_s = state.now_s
        if isinstance(event, news.Ticked):
            event = news.Ticked(before_s + event.now_s / 10)
        state, effects = turn(state, event)
        yield state, render(state), effects


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_every_screen_offers_help_the_end_and_a_way_home(steps):
    for state, screen, _ in walk(steps):
        events = {type(button.event) for button in screen.buttons()}
        assert touches.EndTouched in events
        if state.warned:
            assert touches.StillHereTouched in events
            continue
        labels = {button.label for button in screen.buttons()}
        assert "Un conseiller peut vous aider" in labels
        assert isinstance(state.place, Home) or touches.HomeTouched in events


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_one_touch_leads_home_from_everywhere(steps):
    *_, (state, _, _) = walk(steps)
    assert isinstance(advance(state, touches.HomeTouched())[0].place, Home)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_the_end_leaves_what_a_fresh_kiosk_has(steps):
    *_, (state, _, _) = walk(steps)
    ended, effects = advance(state, touches.EndTouched())
    assert WipeSession() in effects
    fresh = State(
        ended.patience,
        ended.structure,
        state.front_page,
        state.pack_fault,
        opening_hours=ended.opening_hours,
        partners=ended.partners,
        faults=state.faults,
        jack=state.jack,
        jack_since_s=state.jack_since_s,
        power=state.power,
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


@settings(max_examples=200, deadline=None)
@given(STEPS, STARTS)
def test_whatever_happens_the_keys_reach_everything_on_the_screen(steps, start):
    *_, (state, screen, _) = walk(steps, start)
    if screen.warning:
        state, _ = turn(state, KeyPressed(Key.CHOOSE))  # any key says that somebody is there
    reached = set()
    for _ in range(len(stops(render(state))) + 1):
        state, _ = turn(state, KeyPressed(Key.NEXT))
        reached.add(render(state).focus)
    assert reached == set(stops(render(state)))
    assert {stop.event for stop in reached if hasattr(stop, "event")} == {
        button.event for button in render(state).buttons() if button.event
    }


@settings(max_examples=200, deadline=None)
@given(STEPS, STARTS)
def test_what_has_the_focus_is_on_the_screen(steps, start):
    for state, screen, _ in walk(steps, start):
        assert (screen.focus is None) == (state.focus is None)
        assert screen.focus is None or screen.focus in stops(screen)


@settings(max_examples=200, deadline=None)
@given(STEPS, STARTS)
def test_nobody_but_its_citizen_hears_what_is_personal_and_the_lamp_says_what_is(steps, start):
    before, shown = None, None
    for state, screen, _ in walk(steps, start):
        for effect in beside(before, state, screen):
            match effect:
                case Say(text, personal):
                    assert text.strip()
                    assert not personal or state.jack is Jack.HEADPHONES
                    assert state.voiced or not screen.personal
                case Light(lit):
                    shown = lit
        assert shown is signal(state)
        before = state, screen

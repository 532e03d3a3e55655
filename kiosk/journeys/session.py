"""A session's time: the inactivity warning, and the wipe at its end. No I/O.

EN 301 549 by WCAG 2.2.1: the citizen is warned, has at least 20 s to answer, and may answer for ever.
"""

from __future__ import annotations

from dataclasses import replace

from drivers.news import Jack
from kiosk.journeys.effects import Adopt, Effect, WipeSession
from kiosk.journeys.places import Home
from kiosk.journeys.state import SPEAKER, Saying, State, busy, say, wiped

# Long enough to read a sentence twice.
SAYING_LASTS_S = 8.0
# Whoever listens does nothing. The longest of the 7,591 sheets is read for 25 minutes (N23662, 160 words a minute); a
# voice that never says it ended keeps nobody's case for ever.
LISTENED_AT_MOST_S = 1800.0


def woken(state: State) -> State:
    """Return the state after a sign of life."""
    return replace(state, quiet_since_s=state.now_s, warned=False, used=True, saying=None)


def end(state: State) -> tuple[State, list[Effect]]:
    """Return the state with nothing of the session left, ready for the next citizen."""
    return say(wiped(state), Saying.WIPED), [WipeSession()]


def tick(state: State, now_s: float) -> tuple[State, list[Effect]]:
    """Return the state at `now_s`: warned, or wiped when the warning was not answered.

    The front page shows nothing of anybody: it is wiped without a warning. A paper on its way holds the clock, and so
    does the voice, until it asks whether somebody is there.
    """
    state = replace(state, now_s=now_s, heard_s=now_s if listens(state) and not state.warned else state.heard_s)
    if state.saying is not None and now_s - state.said_s >= SAYING_LASTS_S:
        state = replace(state, saying=None)
    if state.job is not None and state.job.busy:
        return replace(state, quiet_since_s=now_s, warned=False), []
    quiet_s = now_s - _still_since_s(state)
    patience = state.patience
    if not state.used or quiet_s < patience.idle_warning_s:
        return state, []
    if isinstance(state.place, Home) or quiet_s >= patience.idle_warning_s + patience.idle_grace_s:
        return wiped(state), [WipeSession()]
    return replace(state, warned=True), []


def adopt(state: State) -> tuple[State, list[Effect]]:
    """Return the state with the settings that arrived, once nobody is in a session."""
    if state.arrived is None or busy(state):
        return state, []
    settings = state.arrived
    changed = replace(
        state,
        structure=settings.structure,
        opening_hours=settings.opening_hours,
        partners=settings.partners,
        patience=settings.patience,
        arrived=None,
    )
    return changed, [Adopt(settings.version)]


def listened(state: State, jack: Jack) -> State:
    """Return the state with headphones in or out: in, somebody listens; out, nobody does any more.

    Somebody is there who plugs them in, but not whenever a loose plug does: that would hold a session open for ever.
    """
    was_still = state.now_s - state.jack_since_s >= state.patience.idle_warning_s
    state = replace(state, jack_since_s=state.now_s)
    if jack is Jack.HEADPHONES:
        return replace(woken(state) if was_still else state, jack=jack, voiced=True)
    return replace(state, jack=jack, voiced=state.voiced and state.jack is not Jack.HEADPHONES)


def listens(state: State) -> bool:
    """Say whether somebody is read to: a speaker that hangs or is away reads nothing, whatever it said before."""
    return state.speaking and SPEAKER not in {device for device, _ in state.faults}


def left_s(state: State) -> int:
    """Return the whole seconds left to say « Je suis encore là »."""
    end_s = _still_since_s(state) + state.patience.idle_warning_s + state.patience.idle_grace_s
    return max(0, round(end_s - state.now_s))


def _still_since_s(state: State) -> float:
    """Return since when nobody did or heard anything."""
    return max(state.quiet_since_s, min(state.heard_s, state.quiet_since_s + LISTENED_AT_MOST_S))

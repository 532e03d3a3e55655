"""The pad of four keys: everything at the kiosk without touching the screen. No I/O.

    PREVIOUS, NEXT   move the focus over the screen's stops, from nowhere to the last or the first
    CHOOSE           what a finger on the focused button would do; text is read once more
    BACK             one screen back

`turn` is the whole kiosk's step: `advance`, and what keys make of it. The focus is forgotten when the screen changes
place, and with the session. While the screen asks whether somebody is there, any key says yes, and does nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from drivers.news import Key
from drivers.sound.tones import Beep
from kiosk import voice
from kiosk.journeys import advance, news, session, touches
from kiosk.journeys.effects import Effect, Sound
from kiosk.journeys.events import Input, KeyPressed
from kiosk.journeys.job import Phase
from kiosk.journeys.places import Asking, CheckingPaper, Reading, Searching
from kiosk.journeys.state import Saying
from kiosk.view import render
from kiosk.view.screen import Button
from kiosk.view.stops import first, moved, settled

if TYPE_CHECKING:
    from kiosk.journeys.state import State


def turn(state: State, event: Input) -> tuple[State, list[Effect]]:
    """Return the next state and what to do on the way there, in order."""
    after, effects = _press(state, event.key) if isinstance(event, KeyPressed) else advance(state, event)
    if after.focus is not None:
        focus = settled(render(after), after.focus) if _where(after) == _where(state) else None
        after = replace(after, focus=focus)
    beep = _beep(state, after, event)
    return after, [*effects, Sound(beep)] if beep else effects


def _press(state: State, key: Key) -> tuple[State, list[Effect]]:  # noqa: PLR0911  (one table of the keys)
    awake = replace(session.woken(state), voiced=True)
    if state.warned:
        return awake, []
    screen = render(awake)
    match key:
        case Key.PREVIOUS:
            return replace(awake, focus=moved(screen, awake.focus, -1)), []
        case Key.NEXT:
            return replace(awake, focus=moved(screen, awake.focus, 1)), []
        case Key.CHOOSE if isinstance(screen.focus, Button) and screen.focus.event is not None:
            return advance(awake, screen.focus.event)
        case Key.CHOOSE if screen.focus is not None:
            return awake, voice.again(awake, screen)
        case Key.CHOOSE:
            return replace(awake, focus=first(screen)), []
        case Key.BACK:
            return advance(awake, touches.BackTouched())
        case _:
            assert_never(key)


def _where(state: State) -> object:
    """Return what must change for the screen to be another: not a chapter that opens, nor a letter typed."""
    match state.place:
        case Reading(sheet=sheet):
            return Reading, sheet.id
        case Asking(sheet=sheet, answers=answers):
            return Asking, sheet.id, len(answers)
        case Searching(typing=typing):
            return Searching, typing
        case CheckingPaper():
            return CheckingPaper
        case place:
            return place


def _beep(before: State, after: State, event: Input) -> Beep | None:
    """Return the beep that answers a code held before the scanner, and the end of a paper."""
    match event:
        case news.Scanned():
            return Beep.WRONG if after.saying is Saying.UNKNOWN_CODE else Beep.DONE
        case news.Printed(job) if (
            before.job is not None and before.job.id == job and before.job.phase is not Phase.PRINTED
        ):
            return Beep.DONE
        case news.NotPrinted(job) | news.PrintUnknown(job) if before.job is not None and before.job.id == job:
            return Beep.WRONG if before.job.busy else None
        case _:
            return None

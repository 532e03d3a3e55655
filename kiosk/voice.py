"""What is read aloud when the screen changes. No I/O.

Somebody is read to from the first key of the pad, or the headphones plugged in, until the session ends or the
headphones are out. A new screen is read whole, then only what is new on it: a message, a chapter that opened, what
the keys have come to. What a citizen's case or paper says goes to headphones; where there are none, that is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from drivers.news import Jack
from kiosk import words
from kiosk.journeys.effects import Effect, Hush, Say
from kiosk.journeys.state import Saying
from kiosk.view.aloud import sentences, spoken
from kiosk.view.screen import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.journeys.state import State
    from kiosk.view.screen import Screen

# What may be read, and whether it is its citizen's alone.
Piece: TypeAlias = tuple[str, bool]


def read(before: tuple[State, Screen] | None, state: State, screen: Screen) -> list[Effect]:
    """Return what to read of a screen that was painted after the one before, if any was."""
    was_voiced = before is not None and before[0].voiced
    if not state.voiced:
        return _farewell(state) if was_voiced else []
    found = _pieces(before[1] if before else None, state, screen, begins=not was_voiced)
    pieces = [piece for piece in found if piece[0]]
    return [_say(pieces, state.jack)] if pieces else []


def again(state: State, screen: Screen) -> list[Effect]:
    """Return what the keys have come to, to be read once more."""
    pieces = list(_focus(screen, state.jack))
    return [_say(pieces, state.jack)] if pieces else []


def _farewell(state: State) -> list[Effect]:
    # The session's end has ended all reading; that all is wiped is said to whoever cannot see it.
    return [Say(words.WIPED)] if state.saying is Saying.WIPED else [Hush()]


def _pieces(  # noqa: C901  (one table of what is new)
    before: Screen | None, state: State, screen: Screen, *, begins: bool
) -> Iterator[Piece]:
    if screen.warning:
        if begins or before is None or before.warning is None:
            yield screen.spoken, False
        return
    if begins and screen.focus is not None:
        yield sentences((screen.over_title, screen.title, words.FOUR_KEYS)), False
        yield from _focus(screen, state.jack)
        return
    told = {before.banner, before.trouble} if before is not None and not begins else set()
    for notice in (screen.banner, screen.trouble):
        if notice is not None and notice not in told:
            yield notice.text, False
    if begins or before is None or _page(before) != _page(screen):
        yield sentences((screen.over_title, screen.title)), False
        yield sentences(spoken(screen.body)), screen.personal
    elif before.warning:  # whoever said that they are there hears where they are
        if screen.focus is None:
            yield sentences((screen.over_title, screen.title)), False
        yield from _focus(screen, state.jack)
    elif screen.keyboard:
        yield from _typed(before, state, screen)
    elif before.body != screen.body:
        seen = set(before.body)
        yield sentences(spoken(block for block in screen.body if block not in seen)), screen.personal
    elif before.focus != screen.focus:
        yield from _focus(screen, state.jack)


def _page(screen: Screen) -> object:
    """Return what makes a screen another one to listen to; while somebody types it is one."""
    return screen.kind, bool(screen.keyboard), "" if screen.keyboard else screen.walk


def _typed(before: Screen, state: State, screen: Screen) -> Iterator[Piece]:
    """Yield the words as they are now, to headphones alone; what was found; the key that has the focus."""
    if before.field != screen.field:
        yield from _words(screen, state.jack)
    if before.body != screen.body:
        yield sentences([button.spoken for button in screen.rail] or list(spoken(screen.body))), False
    elif before.focus != screen.focus:
        yield from _focus(screen, state.jack)


def _words(screen: Screen, jack: Jack) -> Iterator[Piece]:
    """Yield the words that were typed, to headphones alone."""
    if screen.field and screen.field.text and jack is Jack.HEADPHONES:
        yield f"{screen.field.text}.", True


def _focus(screen: Screen, jack: Jack) -> Iterator[Piece]:
    if screen.focus is not None:
        yield sentences([screen.focus.spoken]), screen.personal and isinstance(screen.focus, Passage)
    if screen.field and screen.field.touch is not None and screen.focus == screen.field.touch:
        yield from _words(screen, jack)


def _say(pieces: list[Piece], jack: Jack) -> Say:
    if jack is Jack.HEADPHONES:
        return Say(" ".join(text for text, _ in pieces), any(personal for _, personal in pieces))
    public = [text for text, personal in pieces if not personal]
    withheld = any(personal for _, personal in pieces)
    return Say(" ".join([*public, words.NEEDS_HEADPHONES] if withheld else public))

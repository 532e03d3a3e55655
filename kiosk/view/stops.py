"""Where the pad's keys stop on a screen: what can be touched, and the text between, a few lines at a time. No I/O.

In reading order, each event once: what leads to the same place twice is one stop. Text is a stop where it is read and
may be longer than the panel (sheets, lists, questions, partners, papers): who cannot touch must be able to scroll.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kiosk.journeys.places import KeyPage
from kiosk.journeys.state import Focus
from kiosk.journeys.touches import CaseChosen, CaseReopened, KeyPageTouched
from kiosk.view.aloud import sentences, spoken
from kiosk.view.screen import Answers, Button, Heading, Kind, Message, Passage, Remark, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.journeys.events import Event
    from kiosk.view.screen import Block, Screen, Stop

# Some five lines on a 7 inch panel, and as much as one listens to before a choice; a card's edges take two lines more.
_PASSAGE_LETTERS = 350
_CARD_LETTERS = 130
_READ = frozenset({Kind.SHEET, Kind.CHECKLIST, Kind.QUESTIONNAIRE, Kind.PARTNERS, Kind.PAPER})
_Each = TypeVar("_Each", bound="Stop")


def stops(screen: Screen) -> tuple[Stop, ...]:
    """Return every stop of a screen, in reading order; a warning covers all others."""
    if screen.warning or screen.kind not in _READ:
        return tuple(_once(button for button in screen.buttons() if button.event is not None))
    inside = tuple(_body(screen.body))
    within = {stop for stop in inside if isinstance(stop, Button)}
    before = (screen.field.touch,) if screen.field and screen.field.touch else ()
    after = tuple(each for each in screen.buttons() if each not in within and each not in before)
    return tuple(_once(stop for stop in (*before, *inside, *after) if isinstance(stop, Passage) or stop.event))


def focused(screen: Screen, focus: Focus | None) -> Stop | None:
    """Return the stop that has the focus."""
    found = stops(screen)
    return found[_place(found, focus)] if focus is not None and found else None


def first(screen: Screen) -> Focus | None:
    """Return the focus on the first stop."""
    return _at(stops(screen), 0)


def moved(screen: Screen, focus: Focus | None, by: int) -> Focus | None:
    """Return the focus `by` stops further; the last one leads to the first, and nowhere is beyond both ends."""
    found = stops(screen)
    if focus is None:
        return _at(found, 0 if by > 0 else -1)
    return _at(found, _place(found, focus) + by)


def settled(screen: Screen, focus: Focus | None) -> Focus | None:
    """Return the focus on what it is on now: nowhere when its button has gone away, and no other took its place.

    On what happens to stand there then, a second press of a hand that trembles would choose what nobody meant.
    """
    if focus is None:
        return None
    found = stops(screen)
    if not isinstance(focus.on, int) and not {focus.on, _heir(focus.on)} & {_key(stop) for stop in found}:
        return None
    return _at(found, _place(found, focus))


def _at(found: tuple[Stop, ...], place: int) -> Focus | None:
    if not found:
        return None
    place %= len(found)
    return Focus(_key(found[place]), place)


def _place(found: tuple[Stop, ...], focus: Focus) -> int:
    keys = [_key(stop) for stop in found]
    for on in (focus.on, _heir(focus.on)):
        if on in keys:
            return keys.index(on)
    return min(focus.place, len(found) - 1)


def _key(stop: Stop) -> Event | int:
    if isinstance(stop, Passage):
        return stop.first
    assert stop.event is not None  # noqa: S101  (what only shows is no stop)
    return stop.event


def _heir(on: Event | int) -> Event | int | None:
    """Return what stands in the place of a button that goes away when it is chosen."""
    match on:
        case CaseChosen(path):
            return CaseReopened(path)
        case CaseReopened(path):
            return CaseChosen(path, 0)
        case KeyPageTouched(page):
            return KeyPageTouched(KeyPage.LETTERS if page is KeyPage.ACCENTS else KeyPage.ACCENTS)
        case _:
            return None


def _once(found: Iterator[_Each]) -> Iterator[_Each]:
    seen: set[Event | int] = set()
    for stop in found:
        if (key := _key(stop)) not in seen:
            seen.add(key)
            yield stop


def _body(blocks: tuple[Block, ...]) -> Iterator[Stop]:
    """Yield the passages and buttons of a text; a heading begins a passage, a button ends one."""
    begun: int | None = None
    for place, block in enumerate(blocks):
        ends = isinstance(block, Tiles | Heading)
        if begun is not None and (ends or _letters(blocks[begun : place + 1]) > _PASSAGE_LETTERS):
            yield _passage(blocks, begun, place)
            begun = None
        if isinstance(block, Tiles):
            yield from block.buttons
            if block.more:
                yield block.more
            continue
        begun = place if begun is None else begun
        if isinstance(block, Answers) and block.change:
            yield _passage(blocks, begun, place + 1)
            yield block.change
            begun = None
    if begun is not None:
        yield _passage(blocks, begun, len(blocks))


def _letters(blocks: tuple[Block, ...]) -> int:
    cards = sum(isinstance(block, Remark | Answers | Message) for block in blocks)
    return sum(len(text) for text in spoken(blocks)) + cards * _CARD_LETTERS


def _passage(blocks: tuple[Block, ...], begin: int, end: int) -> Passage:
    return Passage(begin, end - 1, sentences(spoken(blocks[begin:end])))

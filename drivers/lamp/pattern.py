"""What the lamp shows, and when it is lit for it. No I/O.

A pattern is a round of steps, each with its lit colours. No lamp flashes more than three times a second (WCAG 2.3.1:
photosensitive people stand before it), and what needs somebody differs from what does not without its colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Colour(Enum):
    """What a lamp can be lit in; a lamp of one colour lights it for all."""

    GREEN = auto()
    AMBER = auto()
    RED = auto()


class Signal(Enum):
    """What the lamp says."""

    OFF = auto()
    """The kiosk is closed, or not there."""
    READY = auto()
    BUSY = auto()
    """Somebody is at it."""
    WAITING = auto()
    """It waits for somebody: paper to take, a card to take out."""
    HELP = auto()
    """Somebody asked for a person."""
    FAULT = auto()
    """It must be looked after: no paper, a device lost."""


@dataclass(frozen=True, slots=True)
class Step:
    """Colours that are lit for a while."""

    lit: frozenset[Colour]
    for_s: float


def _blinking(colour: Colour, on_s: float, off_s: float) -> tuple[Step, ...]:
    return Step(frozenset({colour}), on_s), Step(frozenset(), off_s)


def _steady(*colours: Colour) -> tuple[Step, ...]:
    return (Step(frozenset(colours), float("inf")),)


PATTERNS = {
    Signal.OFF: _steady(),
    Signal.READY: _steady(Colour.GREEN),
    Signal.BUSY: _steady(Colour.AMBER),
    Signal.WAITING: _blinking(Colour.GREEN, on_s=1.0, off_s=1.0),
    Signal.HELP: _blinking(Colour.AMBER, on_s=0.5, off_s=0.5),
    Signal.FAULT: _blinking(Colour.RED, on_s=0.25, off_s=0.75),
}


def lit(pattern: tuple[Step, ...], for_s: float) -> tuple[frozenset[Colour], float]:
    """Return what is lit when `pattern` has been shown `for_s` seconds, and in how many seconds that changes."""
    round_s = sum(step.for_s for step in pattern)
    at_s = for_s % round_s if round_s < float("inf") else for_s
    for step in pattern:
        if at_s < step.for_s:
            return step.lit, step.for_s - at_s
        at_s -= step.for_s
    return pattern[0].lit, pattern[0].for_s  # a rounding away from the round's end

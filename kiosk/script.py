"""A citizen's journey written down, one order a line. No I/O.

    touch LABEL          touch what has this label, wherever it must be scrolled to
    type TEXT            write with the on-screen keyboard
    wait SCREEN [SHEET]  until this screen is there (of this sheet), or one of the words below; `expect` is the same
    picture NAME         keep a picture of the screen
    end                  close the kiosk, exit code 0

Empty lines and lines that start with # are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kiosk.view.screen import Kind

# What `wait` knows beside the kinds of screen.
RESULTS = "results"
WARNING = "warning"
BANNER = "banner"
TROUBLE = "trouble"
NO_TROUBLE = "no-trouble"
FOCUS = "focus"
NO_FOCUS = "no-focus"
_WAITED_FOR = frozenset(
    {*(kind.value for kind in Kind), RESULTS, WARNING, BANNER, TROUBLE, NO_TROUBLE, FOCUS, NO_FOCUS}
)


@dataclass(frozen=True, slots=True)
class Touch:
    """Touch what has this label."""

    label: str


@dataclass(frozen=True, slots=True)
class Type:
    """Write on the on-screen keyboard."""

    text: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on when this screen is there."""

    screen: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Keep a picture of the screen."""

    name: str


@dataclass(frozen=True, slots=True)
class End:
    """Close the kiosk."""


Order: TypeAlias = Touch | Type | Wait | Picture | End


@dataclass(frozen=True, slots=True)
class Step:
    """An order and the line it stands on, counted from 1."""

    line: int
    text: str
    order: Order


class ScriptError(Exception):
    """The script cannot be played: mend the line it names."""


def parse(script: str) -> tuple[Step, ...]:
    """Return the steps of a script.

    Raises:
        ScriptError: a line is no order.
    """
    lines = ((number, line.strip()) for number, line in enumerate(script.splitlines(), 1))
    return tuple(Step(number, line, _order(number, line)) for number, line in lines if line and line[0] != "#")


def _order(number: int, line: str) -> Order:
    word, _, rest = line.partition(" ")
    rest = rest.strip()
    match word, rest.split():
        case "touch", [_, *_]:
            return Touch(rest)
        case "type", [_, *_]:
            return Type(rest)
        case "wait" | "expect", [screen] if screen in _WAITED_FOR:
            return Wait(screen)
        case "wait" | "expect", [screen, sheet] if screen in _WAITED_FOR:
            return Wait(screen, sheet)
        case "picture", [name]:
            return Picture(name)
        case "end", []:
            return End()
        case _:
            raise ScriptError(f"line {number} is no order: {line!r}")

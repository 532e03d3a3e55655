"""What a scanner can be told, as scanimage lists it. No I/O.

Source: `scanimage --all-options` of sane-backends 1.2, frontend/scanimage.c, print_option: one line an option, its
explanation below, deeper.

    --resolution 75|150|300dpi [75]
    -x 0..215.9mm (in steps of 0.1) [215.9]
    --preview[=(auto|yes|no)] [inactive]

Promise: no text raises anything; what is not understood is left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_LINE = re.compile(r"^ {4}--?([a-zA-Z][\w-]*)(\[=\([a-z|]+\)\])?(?: (.*))?$")
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_RANGE = re.compile(rf"^({_NUMBER})\.\.({_NUMBER})([a-z%]*)(?:,\.\.\.)?(?: \(in steps of ({_NUMBER})\))?$")
_MANY_NUMBERS = re.compile(rf"^{_NUMBER}(?:\|{_NUMBER})*(pel|bit|mm|dpi|%|us)?$")
_SEVERAL = ",..."
# A backend that lists without end fills nobody's memory; the longest of today has 150 options.
_MOST_OPTIONS = 500
_LONGEST_LINE = 4000


class Kind(Enum):
    """What an option is set to."""

    CHOICE = auto()
    RANGE = auto()
    FREE = auto()
    """Any number or text: scanimage says `<int>`, `<float>` or `<string>`."""
    SWITCH = auto()
    BUTTON = auto()


class State(Enum):
    """Whether an option can be set now; the words are scanimage's."""

    SETTABLE = ""
    INACTIVE = "inactive"
    HARDWARE = "hardware"
    READ_ONLY = "read-only"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be set: to one of `choices`, or to a number between `low` and `high` in `unit`."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    unit: str = ""
    automatic: bool = False
    value: str | None = None
    state: State = State.SETTABLE

    @property
    def settable(self) -> bool:
        """Whether scanimage takes it: an option that is not makes it give up."""
        return self.state in {State.SETTABLE, State.ADVANCED}


def parse(text: str) -> dict[str, Option]:
    """Return the options which a scanner lists, by name."""
    options: dict[str, Option] = {}
    for line in text.split("\n"):
        found = _LINE.match(line) if len(line) <= _LONGEST_LINE else None
        if found is not None and len(options) < _MOST_OPTIONS:
            name, switch, rest = found.groups()
            options[name] = _switch(name, switch, rest or "") if switch else _valued(name, rest or "")
    return options


def _switch(name: str, switch: str, rest: str) -> Option:
    rest, state = _state(rest)
    return Option(name, Kind.SWITCH, automatic="auto|" in switch, value=_inside(rest), state=state)


def _valued(name: str, rest: str) -> Option:
    rest, state = _state(rest)
    automatic = rest.startswith("auto|")
    offered = rest.removeprefix("auto|")
    body, value = (offered, None) if state is State.INACTIVE else _split(offered)
    if not body:
        return Option(name, Kind.BUTTON, state=state)
    if found := _RANGE.match(body):
        low, high, unit, step = found.groups()
        return Option(
            name, Kind.RANGE, (), float(low), float(high), float(step or 0), unit, automatic, value, state
        )  # fmt: skip
    body = body.removesuffix(_SEVERAL)
    if body in {"<int>", "<float>", "<string>"}:
        return Option(name, Kind.FREE, automatic=automatic, value=value, state=state)
    unit = (found[1] or "") if (found := _MANY_NUMBERS.match(body)) else ""
    choices = tuple(body.removesuffix(unit).split("|"))
    return Option(name, Kind.CHOICE, choices, unit=unit, automatic=automatic, value=value, state=state)


def _state(rest: str) -> tuple[str, State]:
    """Take the word for its state off the end of a line."""
    for state in State:
        if state.value and (rest == f"[{state.value}]" or rest.endswith(f" [{state.value}]")):
            return rest.removesuffix(f"[{state.value}]").rstrip(" "), state
    return rest, State.SETTABLE


def _split(rest: str) -> tuple[str, str | None]:
    """Return what a line offers and what is set; both may have brackets in them: `Gray[Error Diffusion]`."""
    if not rest.endswith("]"):
        return rest, None
    at = rest.find(" [")
    while at >= 0:
        body, value = rest[:at], rest[at + 2 : -1]
        if value in body.split("|"):
            return body, value
        at = rest.find(" [", at + 1)
    body, bracket, value = rest[:-1].rpartition(" [")
    return (body, value) if bracket else (rest, None)


def _inside(rest: str) -> str | None:
    rest = rest.strip(" ")
    return rest[1:-1] if rest.startswith("[") and rest.endswith("]") else None

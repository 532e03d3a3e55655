"""Which line of a chip something hangs on, and how. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Active(Enum):
    """Which voltage means yes: a key that pulls its line to ground is active low."""

    HIGH = auto()
    LOW = auto()


class Pull(Enum):
    """The resistor in the chip that holds a line where nobody drives it."""

    AS_IS = auto()
    UP = auto()
    DOWN = auto()


@dataclass(frozen=True, slots=True)
class Pin:
    """One line: its name on the board ("GPIO17"), or its number on the chip as text."""

    line: str
    active: Active = Active.HIGH
    pull: Pull = Pull.AS_IS

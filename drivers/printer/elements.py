"""What a receipt can say: the elements it is written in. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias


class Emphasis(Enum):
    """How loud a text is."""

    NONE = auto()
    BOLD = auto()
    SMALL = auto()


class Align(Enum):
    """Where a text stands."""

    LEFT = auto()
    CENTRE = auto()


@dataclass(frozen=True, slots=True)
class Kicker:
    """Who gives this paper: a black band across the top."""

    text: str


@dataclass(frozen=True, slots=True)
class Title:
    """What the paper is about, in the biggest letters that suit it; once, at the top."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    emphasis: Emphasis = Emphasis.NONE
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class TickBox:
    """Something to do or to bring, with a box to tick, and lines that belong to it."""

    text: str
    indent: int = 0
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullet:
    """One of several, with nothing to tick."""

    text: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A remark, set apart by a mark."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Space:
    """White lines."""

    lines: int = 1


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code for a telephone or for the kiosk's scanner, and the words below it.

    A content too long for a code which can be read (some 300 bytes) is printed as words instead.
    """

    content: str
    caption: str = ""


Element: TypeAlias = Kicker | Title | Heading | Text | TickBox | Bullet | Note | Rule | Space | QrCode
Receipt: TypeAlias = tuple[Element, ...]

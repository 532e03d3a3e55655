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


@dataclass(frozen=True, slots=True)
class Columns:
    """Two texts that belong together in one line, as far as they fit: `right` ends at the paper's right edge."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Barcode:
    """A bar code (Code 128) and its content in letters below: a ticket's number, for a scanner without a camera.

    What is not printable ASCII, or too wide for the paper, is printed as words alone.
    """

    content: str


@dataclass(frozen=True, slots=True)
class Raster:
    """Black dots in rows, 8 to a byte, the leftmost in the highest bit, 1 is ink: as print heads take them."""

    width_dots: int
    data: bytes

    @property
    def row_bytes(self) -> int:
        """How many bytes make a row."""
        return (self.width_dots + 7) // 8

    @property
    def height_dots(self) -> int:
        """How many rows there are."""
        return len(self.data) // self.row_bytes if self.row_bytes else 0


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the middle of the paper, such as a logo; one wider than the paper is left out."""

    raster: Raster


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Says across the paper that it was printed before: what may be used once must not be used twice."""

    text: str = "DUPLICATA"


Element: TypeAlias = (
    Kicker
    | Title
    | Heading
    | Text
    | TickBox
    | Bullet
    | Note
    | Rule
    | Space
    | QrCode
    | Columns
    | Barcode
    | Image
    | Duplicate
)
Receipt: TypeAlias = tuple[Element, ...]

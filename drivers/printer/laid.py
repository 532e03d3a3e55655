"""What is laid on paper: what a printer draws from top to bottom. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from drivers.printer.wrap import NORMAL, Style

if TYPE_CHECKING:
    from drivers.printer.elements import Raster
    from drivers.printer.profile import Profile


class Paper(Enum):
    """The papers of receipt printers, by their width in millimetres; heads have 203 dots to the inch."""

    MM_80 = 80
    MM_58 = 58

    @classmethod
    def of_width(cls, width_mm: int) -> Paper:
        """Return the widest paper that goes into a printer for `width_mm`."""
        return cls.MM_80 if width_mm >= cls.MM_80.value else cls.MM_58

    @property
    def dots(self) -> int:
        """How many dots most heads print across."""
        return {Paper.MM_80: 576, Paper.MM_58: 384}[self]

    @property
    def columns(self) -> int:
        """How many letters of font A stand in a line."""
        return self.dots // NORMAL.cell_dots

    def dots_of(self, profile: Profile) -> int:
        """Return how many dots the head of that model prints across."""
        return {Paper.MM_80: profile.head_dots_80, Paper.MM_58: profile.head_dots_58}[self]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of letters of one code page, all in one style; alignment and indents are spaces."""

    text: str
    style: Style = NORMAL
    page: str = "cp1252"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line drawn as a picture, as wide as the paper, for letters that the printer lacks.

    `inset_dots` are left free where the line begins, and hold its `mark`; it begins at the right where `from_right`.
    """

    text: str
    style: Style = NORMAL
    mark: str = ""
    inset_dots: int = 0
    from_right: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Paper left white, in dots of 1/203 inch."""

    dots: int


@dataclass(frozen=True, slots=True)
class Stroke:
    """A black stroke across the paper."""

    height_dots: int = 2


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code in the middle of the paper."""

    content: str
    module_dots: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar code (Code 128) in the middle of the paper."""

    content: str
    module_dots: int
    height_dots: int = 80


@dataclass(frozen=True, slots=True)
class Dots:
    """A picture in the middle of the paper."""

    raster: Raster


Laid: TypeAlias = Line | Drawn | Gap | Stroke | Code | Bars | Dots

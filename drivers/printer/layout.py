"""A receipt, laid out on paper of 80 or 58 mm. No I/O.

A receipt is a value: elements such as titles, tick boxes and QR codes. `lay_out` turns it into what a printer
draws from top to bottom: lines of letters in cells, gaps, strokes and codes. Promise: nothing laid is wider
than the paper, whatever the texts are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias, assert_never

from drivers.printer.elements import (
    Align,
    Bullet,
    Element,
    Emphasis,
    Heading,
    Kicker,
    Note,
    QrCode,
    Receipt,
    Rule,
    Space,
    Text,
    TickBox,
    Title,
)
from drivers.printer.letters import TICK_BOX, printable
from drivers.printer.qr_size import module_dots
from drivers.printer.wrap import BOLD, HEADING, KICKER, NORMAL, SMALL, TITLE, TITLE_NARROW, Style, width_dots, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Align",
    "Bullet",
    "Code",
    "Element",
    "Emphasis",
    "Gap",
    "Heading",
    "Kicker",
    "Laid",
    "Line",
    "Note",
    "Paper",
    "QrCode",
    "Receipt",
    "Rule",
    "Space",
    "Stroke",
    "Text",
    "TickBox",
    "Title",
    "lay_out",
]


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
        """How many dots the head can print across."""
        return {Paper.MM_80: 576, Paper.MM_58: 384}[self]

    @property
    def columns(self) -> int:
        """How many letters of font A stand in a line."""
        return self.dots // NORMAL.cell_dots


@dataclass(frozen=True, slots=True)
class Line:
    """One line of letters, all in one style; alignment and indents are spaces."""

    text: str
    style: Style = NORMAL


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


Laid: TypeAlias = Line | Gap | Stroke | Code

_BAND_EDGE_DOTS = 8
_LINE_DOTS = 34  # one line of the default spacing of ESC 2, 1/6 inch
_MAX_INDENT = 3  # deeper ones would leave a column of single words on 58 mm
_TITLE_LINES = 3  # a title that needs more in the widest letters takes narrower ones


def lay_out(receipt: Receipt, paper: Paper) -> tuple[Laid, ...]:
    """Return what a printer draws for `receipt` on `paper`, from top to bottom."""
    laid: list[Laid] = []
    for element in receipt:
        if laid and (air_dots := _air_above(element)):
            laid.append(Gap(air_dots))
        laid.extend(_lay(element, paper))
    return tuple(laid)


def _air_above(element: Element) -> int:
    """Return how much white sets an element apart from what stands above it."""
    match element:
        case Title() | Heading():
            return 20
        case TickBox() | Rule() | QrCode() | Note():
            return 12
        case Bullet() | Kicker():
            return 6
        case Text() | Space():
            return 4
        case _:
            assert_never(element)


def _lay(element: Element, paper: Paper) -> Iterator[Laid]:  # noqa: C901  (one arm for each element, no more)
    match element:
        case Kicker(text):
            yield Stroke(_BAND_EDGE_DOTS)
            yield from (Line(_banner(line, paper), KICKER) for line in wrap(printable(text), KICKER, paper.dots))
            yield Stroke(_BAND_EDGE_DOTS)
        case Title(text):
            yield from _title(printable(text), paper)
            yield Gap(6)
        case Heading(text):
            yield from (Line(line, HEADING) for line in wrap(printable(text), HEADING, paper.dots))
        case Text(text, emphasis, align):
            style = {Emphasis.NONE: NORMAL, Emphasis.BOLD: BOLD, Emphasis.SMALL: SMALL}[emphasis]
            for line in wrap(printable(text), style, paper.dots):
                yield Line(_centred(line, style, paper) if align is Align.CENTRE else line, style)
        case TickBox(text, indent, under):
            yield from _item(f"{TICK_BOX} ", text, indent, paper)
            yield from (line for each in under for line in _item("– ", each, indent, paper, hang="   "))
        case Bullet(text, indent):
            yield from _item("• ", text, indent, paper)
        case Note(text):
            yield from _item("» ", text, 0, paper)
        case Rule():
            yield from (Stroke(), Gap(10))
        case Space(lines):
            yield Gap(_LINE_DOTS * max(lines, 0))
        case QrCode(content, caption):
            yield from _code(content, caption, paper)
        case _:
            assert_never(element)


def _title(text: str, paper: Paper) -> Iterator[Line]:
    wide = wrap(text, TITLE, paper.dots)
    whole = all(width_dots(word, TITLE) <= paper.dots for word in text.split())
    style = TITLE if whole and len(wide) <= _TITLE_LINES else TITLE_NARROW
    yield from (Line(line, style) for line in wrap(text, style, paper.dots))


def _item(mark: str, text: str, indent: int, paper: Paper, *, hang: str = "") -> Iterator[Line]:
    """Yield `text` beside its mark; the lines after the first hang below the first letter."""
    first = "   " * min(max(indent, 0), _MAX_INDENT) + hang + mark
    width = width_dots(first, NORMAL)
    later = " " * (width // NORMAL.cell_dots)
    for number, line in enumerate(wrap(printable(text), NORMAL, paper.dots - width)):
        yield Line((later if number else first) + line)


def _code(content: str, caption: str, paper: Paper) -> Iterator[Laid]:
    size_dots = module_dots(content, paper.dots)
    if size_dots is None:  # no code of it could be read: the address itself is better than nothing
        yield from (Line(line, SMALL) for line in wrap(printable(content), SMALL, paper.dots))
    else:
        yield Code(content, size_dots)
        yield Gap(8)
    yield from (Line(_centred(line, NORMAL, paper)) for line in wrap(printable(caption), NORMAL, paper.dots))


def _centred(line: str, style: Style, paper: Paper) -> str:
    spare = (paper.dots - width_dots(line, style)) // style.cell_dots
    return " " * (spare // 2) + line if line else ""


def _banner(line: str, paper: Paper) -> str:
    """Fill the whole line, for letters in white on a black ground."""
    spare = (paper.dots - width_dots(line, KICKER)) // KICKER.cell_dots
    return " " * (spare // 2) + line + " " * (spare - spare // 2)

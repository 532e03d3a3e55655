"""A receipt, laid out on paper of 80 or 58 mm. No I/O.

A receipt is a value: elements such as titles, tick boxes and QR codes. `lay_out` turns it into what a printer
draws from top to bottom: lines of letters in cells, lines drawn as pictures where the printer lacks a letter, gaps,
strokes and codes. Promise: nothing laid is wider than the paper, whatever the texts are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from drivers.printer.code_size import bar_module_dots, module_dots
from drivers.printer.elements import (
    Align,
    Barcode,
    Bullet,
    Columns,
    Duplicate,
    Element,
    Emphasis,
    Heading,
    Image,
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
from drivers.printer.laid import Bars, Code, Dots, Drawn, Gap, Laid, Line, Paper, Stroke
from drivers.printer.letters import TICK_BOX
from drivers.printer.profile import GENERIC, Profile
from drivers.printer.typesetting import Ruler, Typesetter
from drivers.printer.wrap import BOLD, HEADING, KICKER, NORMAL, SMALL, TITLE, TITLE_NARROW

if TYPE_CHECKING:
    from collections.abc import Iterator

_BAND_EDGE_DOTS = 8
_LINE_DOTS = 34  # one line of the default spacing of ESC 2, 1/6 inch
_MAX_INDENT = 3  # deeper ones would leave a column of single words on 58 mm
_TITLE_LINES = 3  # a title that needs more in the widest letters takes narrower ones


def lay_out(receipt: Receipt, paper: Paper, profile: Profile = GENERIC, ruler: Ruler | None = None) -> tuple[Laid, ...]:
    """Return what a printer of that model draws for `receipt` on `paper`, from top to bottom."""
    setter = Typesetter(paper.dots_of(profile), tuple(profile.pages), ruler)
    laid: list[Laid] = []
    for element in receipt:
        if laid and (air_dots := _air_above(element)):
            laid.append(Gap(air_dots))
        laid.extend(_lay(element, setter))
    return tuple(laid)


def _air_above(element: Element) -> int:
    """Return how much white sets an element apart from what stands above it."""
    match element:
        case Title() | Heading():
            return 20
        case TickBox() | Rule() | QrCode() | Note() | Barcode() | Image() | Duplicate():
            return 12
        case Bullet() | Kicker():
            return 6
        case Text() | Space() | Columns():
            return 4
        case _:
            assert_never(element)


def _lay(element: Element, setter: Typesetter) -> Iterator[Laid]:  # noqa: C901, PLR0912  (one arm for each element)
    match element:
        case Kicker(text) | Duplicate(text):
            yield Stroke(_BAND_EDGE_DOTS)
            yield from setter.banner(text, KICKER)
            yield Stroke(_BAND_EDGE_DOTS)
        case Title(text):
            yield from _title(text, setter)
            yield Gap(6)
        case Heading(text):
            yield from setter.lines(text, HEADING)
        case Text(text, emphasis, align):
            style = {Emphasis.NONE: NORMAL, Emphasis.BOLD: BOLD, Emphasis.SMALL: SMALL}[emphasis]
            yield from setter.lines(text, style, centred=align is Align.CENTRE)
        case TickBox(text, indent, under):
            yield from setter.item(f"{TICK_BOX} ", text, _indent(indent))
            yield from (line for each in under for line in setter.item("– ", each, _indent(indent), hang="   "))
        case Bullet(text, indent):
            yield from setter.item("• ", text, _indent(indent))
        case Note(text):
            yield from setter.item("» ", text, 0)
        case Columns(left, right):
            yield from setter.columns(left, right)
        case Rule():
            yield from (Stroke(), Gap(10))
        case Space(lines):
            yield Gap(_LINE_DOTS * max(lines, 0))
        case QrCode(content, caption):
            yield from _code(content, caption, setter)
        case Barcode(content):
            yield from _bars(content, setter)
        case Image(raster):
            if 0 < raster.width_dots <= setter.dots and raster.height_dots:
                yield Dots(raster)
        case _:
            assert_never(element)


def _indent(indent: int) -> int:
    return min(max(indent, 0), _MAX_INDENT)


def _title(text: str, setter: Typesetter) -> list[Line | Drawn]:
    wide = setter.lines(text, TITLE)
    if setter.fits(text, TITLE) and len(wide) <= _TITLE_LINES:
        return wide
    return setter.lines(text, TITLE_NARROW)


def _code(content: str, caption: str, setter: Typesetter) -> Iterator[Laid]:
    size_dots = module_dots(content, setter.dots)
    if size_dots is None:  # no code of it could be read: the address itself is better than nothing
        yield from setter.lines(content, SMALL)
    else:
        yield Code(content, size_dots)
        yield Gap(8)
    yield from setter.lines(caption, NORMAL, centred=True)


def _bars(content: str, setter: Typesetter) -> Iterator[Laid]:
    size_dots = bar_module_dots(content, setter.dots)
    if size_dots is not None:
        yield Bars(content, size_dots)
        yield Gap(6)
    yield from setter.lines(content, NORMAL, centred=True)

"""From what is laid on paper to the bytes of ESC/POS. Adapter (python-escpos).

Three orders are written by hand, for python-escpos has no name for them: ESC J (feed in dots), ESC * (a picture
within a line) and GS v 0 (a picture as wide as the paper, which its `image` can only do after printing a warning).
Source: Epson, "ESC/POS Command Reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from drivers.printer.escpos import dummy_printer
from drivers.printer.layout import Code, Gap, Laid, Line, Paper, Stroke
from drivers.printer.letters import NO_BREAK_SPACE, TICK_BOX
from drivers.printer.wrap import NORMAL, TICK_BOX_DOTS, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escpos.printer import Dummy

_CODE_PAGE = "CP1252"  # ESC t 16: WPC1252, on Epson's printers and on nearly all that follow them
_ERROR_LEVEL_M = 1  # a thumb over a corner is survived
_MODEL_2 = 2


def encode(laid: Sequence[Laid], paper: Paper) -> bytes:
    """Return what a printer of that paper must be sent: initialise, print, feed, cut."""
    printer = _fresh_printer()
    style = NORMAL
    for piece in laid:
        if isinstance(piece, Line):
            _change_style(printer, style, piece.style)
            style = piece.style
        _draw(printer, piece, paper)
    printer.cut()
    return bytes(printer.output)


def encode_cut() -> bytes:
    """Return the bytes that cut off a paper which was left unfinished."""
    printer = _fresh_printer()
    printer.cut()
    return bytes(printer.output)


def _fresh_printer() -> Dummy:
    printer = dummy_printer()
    printer.hw("INIT")
    # Forced, or python-escpos chooses a page for each letter, and the printer's œ and ’ with it.
    printer.charcode(_CODE_PAGE)
    return printer


def _change_style(printer: Dummy, old: Style, new: Style) -> None:
    """Send only what differs: a receipt of 30 lines is 30 % shorter for it."""
    if (old.times_wide, old.times_high) != (new.times_wide, new.times_high):
        printer.set(custom_size=True, width=new.times_wide, height=new.times_high)
    if old.font is not new.font:
        printer.set(font=int(new.font))
    if old.spacing_dots != new.spacing_dots:
        # Units differ between printers; where they are finer, a line is still as high as its letters.
        printer.line_spacing(new.spacing_dots)
    if old.bold != new.bold:
        printer.set(bold=new.bold)
    if old.inverted != new.inverted:
        printer.set(invert=new.inverted)


def _draw(printer: Dummy, piece: Laid, paper: Paper) -> None:
    match piece:
        case Line(text):
            before, *rest = text.replace(NO_BREAK_SPACE, " ").split(TICK_BOX)
            printer.text(before)
            for after in rest:
                _raw(printer, _TICK_BOX)
                printer.text(after)
            printer.text("\n")
        case Gap(dots):
            for part in range(dots, 0, -255):
                _raw(printer, b"\x1bJ" + bytes([min(part, 255)]))
        case Stroke(height_dots):
            width_bytes = paper.dots // 8
            head = b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + height_dots.to_bytes(2, "little")
            _raw(printer, head + b"\xff" * (width_bytes * height_dots))
        case Code(content, module_dots):
            printer.set(align="center")
            printer.qr(content, ec=_ERROR_LEVEL_M, size=module_dots, model=_MODEL_2, native=True)
            printer.set(align="left")
        case _:
            assert_never(piece)


def _raw(printer: Dummy, data: bytes) -> None:
    printer._raw(data)  # noqa: SLF001  (python-escpos' only way to send an order it has no name for)


def _tick_box() -> bytes:
    """Return an empty square as a picture within a line: ESC * 33, columns of 24 dots in three bytes each."""
    first, last = 2, TICK_BOX_DOTS - 3
    rim = {first, first + 1, last - 1, last}
    columns = b""
    for x in range(TICK_BOX_DOTS):
        inked = [first <= x <= last and first <= y <= last and (x in rim or y in rim) for y in range(TICK_BOX_DOTS)]
        columns += sum(ink << (TICK_BOX_DOTS - 1 - y) for y, ink in enumerate(inked)).to_bytes(3, "big")
    return b"\x1b*\x21" + TICK_BOX_DOTS.to_bytes(2, "little") + columns


_TICK_BOX = _tick_box()

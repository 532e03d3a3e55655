"""From what is laid on paper to the bytes of ESC/POS. Adapter (python-escpos).

Some orders are written by hand. python-escpos has no name for ESC J (feed in dots), ESC * (a picture within a line)
and GS k 73 with a code set, and can print a picture as wide as the paper (GS v 0) only after a warning; its `text`
changes code pages in the middle of a line. Source: Epson, "ESC/POS Command Reference".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from drivers.printer.escpos import dummy_printer
from drivers.printer.laid import Bars, Code, Dots, Drawn, Gap, Laid, Line, Paper, Stroke
from drivers.printer.letters import NO_BREAK_SPACE, TICK_BOX
from drivers.printer.profile import GENERIC, Profile
from drivers.printer.status import ONLY_WHEN_ASKED, TELL_BY_YOURSELF
from drivers.printer.wrap import NORMAL, TICK_BOX_DOTS, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from escpos.printer import Dummy

    from drivers.printer.elements import Raster

_ERROR_LEVEL_M = 1  # a thumb over a corner is survived
_MODEL_2 = 2
_TEAR_FEED_DOTS = 120  # from the head to the edge where paper is torn: 15 mm
# FS .: one byte is one letter. Printers made for China begin by taking two for one of theirs: é and what follows it.
_NO_CHINESE = b"\x1c."
_STRIP_BYTES = 2048  # of a picture at once: what a printer's small buffer holds
_HEAD_BYTES = 8
# A printer obeys DLE EOT, DLE ENQ and DLE DC4 at once wherever they stand, in the middle of a picture, too.
_AN_ORDER_WITHIN = re.compile(rb"\x10(?=[\x04\x05\x14])")
_VOID = "  PAPIER INTERROMPU, A JETER  "  # in letters which are on every page


def encode(laid: Sequence[Laid], paper: Paper, profile: Profile = GENERIC) -> bytes:
    """Return what a printer must be sent to print all but the cut."""
    printer = _fresh_printer(profile)
    style, page = NORMAL, ""
    for piece in laid:
        if isinstance(piece, Line):
            if piece.page != page:
                page = piece.page
                _raw(printer, b"\x1bt" + bytes([profile.pages.get(page, 0)]))
            _change_style(printer, style, piece.style)
            style = piece.style
        _draw(printer, piece, paper.dots_of(profile), profile)
    return bytes(printer.output)


def encode_cut(profile: Profile = GENERIC) -> bytes:
    """Return the bytes that cut what was printed, or feed it out to be torn."""
    printer = _fresh_printer(profile)
    if profile.cuts:
        printer.cut()
    else:
        _raw(printer, _feed(_TEAR_FEED_DOTS))
    return bytes(printer.output)


def encode_void(profile: Profile = GENERIC) -> bytes:
    """Return the bytes that stamp a paper which was left unfinished, so that nobody takes it for a whole one."""
    printer = _fresh_printer(profile)
    _raw(printer, b"\n")
    printer.set(invert=True, bold=True)
    _raw(printer, _VOID.encode("ascii") + b"\n")
    return bytes(printer.output) + encode_cut(profile)


def encode_end_of_order(profile: Profile = GENERIC) -> bytes:
    """Return the bytes that fill up an order which was torn off in its middle, so that the next one is read as one.

    A torn picture waits for the rest of its dots, and would take what comes for them: NULs are white there, and nothing
    elsewhere. Printers that clear at a word forget it by themselves.
    """
    return b"" if profile.clears else bytes(_STRIP_BYTES + _HEAD_BYTES)


def _fresh_printer(profile: Profile) -> Dummy:
    """Return a printer as after switching on, but for what ESC @ may have set to what its maker likes."""
    printer = dummy_printer()
    printer.hw("INIT")
    _raw(printer, _NO_CHINESE)
    _raw(printer, TELL_BY_YOURSELF if profile.tells_by_itself else ONLY_WHEN_ASKED)
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


def _draw(printer: Dummy, piece: Laid, dots: int, profile: Profile) -> None:
    match piece:
        case Line(text, _, page):
            parts = text.replace(NO_BREAK_SPACE, " ").split(TICK_BOX)
            _raw(printer, _TICK_BOX.join(part.encode(page, errors="replace") for part in parts) + b"\n")
        case Gap(height_dots):
            _raw(printer, _feed(height_dots))
        case Stroke(height_dots):
            _raw(printer, _raster_head(dots // 8, height_dots) + b"\xff" * (dots // 8 * height_dots))
        case Code(content, module_dots) if profile.draws_codes and content.isprintable():
            printer.set(align="center")
            printer.qr(content, ec=_ERROR_LEVEL_M, size=module_dots, model=_MODEL_2, native=True)
            printer.set(align="left")
        case Bars(content, module_dots, height_dots) if profile.draws_codes:
            data = b"{B" + content.replace("{", "{{").encode("ascii")
            size = b"\x1dw" + bytes([module_dots]) + b"\x1dh" + bytes([height_dots]) + b"\x1dH\x00"
            printer.set(align="center")
            _raw(printer, size + b"\x1dk\x49" + bytes([len(data)]) + data)
            printer.set(align="left")
        case Code() | Bars() | Drawn() | Dots():
            _picture(printer, _dots_of(piece, dots), dots)
        case _:
            assert_never(piece)


def _dots_of(piece: Code | Bars | Drawn | Dots, dots: int) -> Raster:
    from drivers.printer import drawing  # noqa: PLC0415  (late: Pillow is slow to import, and seldom needed)

    match piece:
        case Code(content, module_dots):
            return drawing.code(content, module_dots)
        case Bars(content, module_dots, height_dots):
            return drawing.bars(content, module_dots, height_dots)
        case Drawn():
            return drawing.draw(piece, dots)
        case Dots(raster):
            return raster
        case _:
            assert_never(piece)


def _picture(printer: Dummy, raster: Raster, dots: int) -> None:
    """Send a picture in the middle of the paper, in strips. It obeys no order that its dots happen to spell."""
    printer.set(align="center" if raster.width_dots < dots else "left")
    strip_rows = max(1, _STRIP_BYTES // raster.row_bytes)
    # One more dot beside another, which nobody sees.
    data = _AN_ORDER_WITHIN.sub(b"\x18", raster.data)
    for top in range(0, raster.height_dots, strip_rows):
        rows = data[top * raster.row_bytes : (top + strip_rows) * raster.row_bytes]
        _raw(printer, _raster_head(raster.row_bytes, len(rows) // raster.row_bytes) + rows)
    printer.set(align="left")


def _raster_head(width_bytes: int, height_dots: int) -> bytes:
    return b"\x1dv0\x00" + width_bytes.to_bytes(2, "little") + height_dots.to_bytes(2, "little")


def _feed(dots: int) -> bytes:
    return b"".join(b"\x1bJ" + bytes([min(part, 255)]) for part in range(dots, 0, -255))


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

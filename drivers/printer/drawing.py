"""Draws what a printer cannot write itself: lines in other scripts, codes, logos. Adapter (Pillow, its fonts).

Arabic is shaped and ordered by Raqm, which needs libfribidi0: without it Pillow draws letters apart and reversed, in
silence, so that then nothing is drawn, and the text loses its letters visibly instead.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.printer.elements import Raster
from drivers.printer.letters import NO_BREAK_SPACE, TICK_BOX
from drivers.printer.wrap import TICK_BOX_DOTS, Font, Style

if TYPE_CHECKING:
    from PIL import Image, ImageFont

    from drivers.printer.laid import Drawn

_FONTS = Path(__file__).parent / "fonts"
# As high as the printer's own letters of font A (24 dots) and B (17 dots) look.
_SIZE_PX = {Font.A: 23, Font.B: 18}
_LINE_DOTS = {Font.A: 34, Font.B: 24}
# A printer doubles its letters, for it knows nothing finer; drawn letters of the same rank are as loud at less.
_TIMES = {(1, 1): 1.0, (1, 2): 1.3, (2, 2): 1.7}
# A telephone number, a date, a range: one thing, read from the left. Among Arabic letters its groups would else stand
# in the order of those, from the right, and 01 23 45 would be called as 45 23 01.
_NUMBER = re.compile(r"\+?\d+(?:[ \u00a0.,:/+-]+\d+)+")
_INK_LEVEL = 140  # of 255; a little below the middle: thin strokes survive, and counters stay open


class DejaVu:
    """The shipped letters: Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian; see `typesetting.Ruler`."""

    def has(self, letter: str) -> bool:
        """Say whether there is such a letter."""
        if letter in {" ", NO_BREAK_SPACE, TICK_BOX}:
            return True
        # Every absent letter is drawn as one and the same box.
        return _image_of(letter) != _image_of("\U0010ffff")

    def width_dots(self, text: str, style: Style) -> int:
        """Return how wide `text` is when drawn."""
        return round(_face(style).getlength(text))


@cache
def ruler() -> DejaVu | None:
    """Return the letters for lines that are drawn; None where Pillow would shape them wrongly."""
    from PIL import features  # noqa: PLC0415  (late: most receipts draw nothing)

    return DejaVu() if features.check("raqm") and features.check("fribidi") else None


def draw(drawn: Drawn, dots: int) -> Raster:
    """Return the dots of a line, as wide as the paper."""
    from PIL import Image, ImageDraw  # noqa: PLC0415  (late: see above)

    style = drawn.style
    height = round(_LINE_DOTS[style.font] * _times(style))
    picture = Image.new("L", (dots, height), 255 if style.inverted else 0)
    ink = 0 if style.inverted else 255
    pen = ImageDraw.Draw(picture)
    face = _face(style)
    ascent, descent = face.getmetrics()
    base = (height + ascent - descent) // 2
    side = "r" if drawn.from_right else "l"
    start = dots - drawn.inset_dots if drawn.from_right else drawn.inset_dots
    if drawn.centred:
        side, start = "m", dots // 2
    direction = "rtl" if drawn.from_right else "ltr"
    text = _NUMBER.sub("\u2066\\g<0>\u2069", drawn.text) if drawn.from_right else drawn.text
    pen.text((start, base), text, font=face, fill=ink, anchor=f"{side}s", direction=direction)
    if drawn.mark:
        _draw_mark(picture, drawn, base, face, ink)
    return to_raster(picture, dark_is_ink=False)


def _draw_mark(picture: Image.Image, drawn: Drawn, base: int, face: ImageFont.FreeTypeFont, ink: int) -> None:
    from PIL import ImageDraw  # noqa: PLC0415  (late: see above)

    pen = ImageDraw.Draw(picture)
    room = _mark_room(drawn)
    left = picture.width - drawn.inset_dots + room // 4 if drawn.from_right else drawn.inset_dots - room
    if drawn.mark == TICK_BOX:
        top = base - TICK_BOX_DOTS + 5
        pen.rectangle((left + 2, top, left + 2 + TICK_BOX_DOTS - 5, top + TICK_BOX_DOTS - 5), outline=ink, width=2)
    else:
        pen.text((left, base), drawn.mark, font=face, fill=ink, anchor="ls")


def _mark_room(drawn: Drawn) -> int:
    return TICK_BOX_DOTS + drawn.style.cell_dots if drawn.mark == TICK_BOX else 2 * drawn.style.cell_dots


def code(content: str, module_dots: int) -> Raster:
    """Return a QR code of level M, for printers that make none themselves."""
    import qrcode  # type: ignore[import-untyped]  # noqa: PLC0415  (it ships without types; late: see above)

    made = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    made.add_data(content.encode())
    made.make(fit=True)
    return _enlarged([bytes(row) for row in made.get_matrix()], module_dots)


def bars(content: str, module_dots: int, height_dots: int) -> Raster:
    """Return a bar code (Code 128), for printers that make none themselves."""
    import zxingcpp  # noqa: PLC0415  (late: see above)

    made = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.Code128)
    drawn = made.to_image(scale=1, add_quiet_zones=False)
    dark = bytes(dot == 0 for dot in bytes(memoryview(drawn))[: drawn.shape[1]])  # type: ignore[arg-type]  # a buffer its types do not name
    wide = _enlarged([dark], module_dots)
    return Raster(wide.width_dots, wide.data[: wide.row_bytes] * height_dots)


def _enlarged(rows: list[bytes], times: int) -> Raster:
    from PIL import Image  # noqa: PLC0415  (late: see above)

    picture = Image.frombytes("L", (len(rows[0]), len(rows)), b"".join(rows)).point(lambda dot: 255 * dot)
    size = (picture.width * times, picture.height * times)
    return to_raster(picture.resize(size, Image.Resampling.NEAREST), dark_is_ink=False)


def to_raster(picture: Image.Image, *, dark_is_ink: bool = True) -> Raster:
    """Return the dots of a picture: a logo, say, already as wide as it is to be printed."""
    grey = picture.convert("L")
    if dark_is_ink:
        inked = grey.point(lambda level: 255 if level < 255 - _INK_LEVEL else 0)
    else:
        inked = grey.point(lambda level: 255 if level >= _INK_LEVEL else 0)
    return Raster(picture.width, inked.convert("1").tobytes())


def _times(style: Style) -> float:
    return _TIMES[style.times_wide, style.times_high]


@cache
def _face(style: Style) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415  (late: see above)

    name = "DejaVuSansCondensed-Bold.ttf" if style.bold else "DejaVuSansCondensed.ttf"
    return ImageFont.truetype(
        str(_FONTS / name), round(_SIZE_PX[style.font] * _times(style)), layout_engine=ImageFont.Layout.RAQM
    )


@cache
def _image_of(letter: str) -> bytes:
    return bytes(_face(Style()).getmask(letter))

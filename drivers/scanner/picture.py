"""Codes in a picture, for kiosks with a camera and papers that were photographed. Adapter (zxing-cpp, Pillow).

Bytes come out as bytes: zxing-cpp's own text writes "<GS>" for the separator of a GS1 code, and guesses a character
set.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from drivers.news import Symbology
from drivers.scanner import aim
from drivers.scanner.protocol import Code

if TYPE_CHECKING:
    from PIL import Image

# The largest camera in a telephone makes 50 megapixels; grey, that is 50 MB. Beyond, it is a bomb.
MAX_PIXELS = 64_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "PPM", "TIFF")


class PictureError(Exception):
    """This is no picture we can read: ask for another."""


def codes_in_file(data: bytes) -> list[Code]:
    """Return the codes in the bytes of a picture file, in no order.

    Raises:
        PictureError: it is no picture, of an unknown kind, broken, or too large.
    """
    from PIL import Image  # noqa: PLC0415  (late: 30 ms, for kiosks with a camera only)

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            is_bomb = picture.width * picture.height > MAX_PIXELS
            found = [] if is_bomb else codes_in(picture)
    except Exception as error:  # Pillow's readers raise whatever a broken file makes them raise
        raise PictureError("not a picture that can be read") from error
    if is_bomb:
        raise PictureError(f"a picture of more than {MAX_PIXELS!r} pixels")
    return found


def codes_in(picture: Image.Image) -> list[Code]:
    """Return the codes in a picture, in no order."""
    import zxingcpp  # noqa: PLC0415  (late: 20 ms, for kiosks with a camera only)

    found = zxingcpp.read_barcodes(picture.convert("L"))
    return [Code(bytes(each.bytes), _symbology(each.symbology_identifier)) for each in found if each.bytes]


def _symbology(identifier: str) -> Symbology:
    named = aim.split(identifier.encode("ascii", errors="replace"))
    return named[0] if named else Symbology.OTHER

"""What is done to one page on the screen: turned, cut, made small. Adapter (Pillow)."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

_QUALITY = 90  # what is kept until it is bound; `pdf.bind` makes it smaller
_ANY_DPI = 200.0


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a page: parts of its width and height, from 0 to 1, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


def opened(path: Path) -> tuple[Image.Image, float]:
    """Return a page and its resolution in dpi."""
    from PIL import Image  # noqa: PLC0415  (late: only where something was scanned)

    with Image.open(path) as picture:
        dpi = picture.info.get("dpi", (_ANY_DPI, _ANY_DPI))[0] or _ANY_DPI
        return picture.convert("L"), float(dpi)


def save(page: Image.Image, dpi: float, path: Path) -> None:
    """Write a page."""
    page.save(path, format="JPEG", quality=_QUALITY, dpi=(dpi, dpi))


def turned(page: Image.Image, quarters: int) -> Image.Image:
    """Return a page turned clockwise by quarters."""
    from PIL import Image  # noqa: PLC0415  (late: as above)

    # Pillow counts the other way round.
    ways = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
    way = ways.get(quarters % 4)
    return page.copy() if way is None else page.transpose(way)


def cropped(page: Image.Image, box: Box) -> Image.Image:
    """Return a part of a page; at least a pixel of it, and never beyond its edges."""
    left, right = sorted(round(page.width * min(max(edge, 0.0), 1.0)) for edge in (box.left, box.right))
    top, bottom = sorted(round(page.height * min(max(edge, 0.0), 1.0)) for edge in (box.top, box.bottom))
    left, top = min(left, page.width - 1), min(top, page.height - 1)
    return page.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def thumbnail(path: Path, longest_px: int) -> bytes:
    """Return a small picture (JPEG) of a page; a JPEG is read at an eighth of its size without reading the rest."""
    from PIL import Image  # noqa: PLC0415  (late: as above)

    out = BytesIO()
    with Image.open(path) as picture:
        picture.draft("L", (longest_px, longest_px))
        picture.thumbnail((longest_px, longest_px))
        picture.save(out, format="JPEG", quality=80)
    return out.getvalue()

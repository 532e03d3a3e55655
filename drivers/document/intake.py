"""A page as the scanner gave it, made into one that is kept: grey, upright, cropped, small. Adapter (Pillow)."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from drivers.document import raw
from drivers.document.straighten import straighten

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from drivers.document.pages import PageFolder

# What is finer than this is made coarser before anything else: it only takes time and memory.
_FINEST_DPI = 300
_A4_WIDTH_INCHES = 8.27
_SHORTEST_PX = 16


class TornPageError(Exception):
    """A page is not whole, or no page: the scanner ended early."""


class NoRoomError(Exception):
    """A page does not fit into the memory that is left; those before it are kept."""


def take_in(page: Path | None, dpi: float | None, folder: PageFolder) -> int | None:
    """Keep a page, and return its number; None where the session has ended meanwhile. The raw page is gone then.

    Raises:
        TornPageError: it is not whole, or there is none where one was said to be.
        NoRoomError: the memory is full.
    """
    if page is None:
        raise TornPageError
    try:
        with page.open("rb") as file:
            size = raw.size_px(file.read(raw.HEAD_BYTES), page.stat().st_size)
        if size is None:
            raise TornPageError
        return folder.add(*_upright(page, dpi or size[0] / _A4_WIDTH_INCHES))
    except OSError as error:
        if folder.wiped:
            return None
        raise (NoRoomError if error.errno in {errno.ENOSPC, errno.EDQUOT} else TornPageError) from error
    finally:
        page.unlink(missing_ok=True)


def _upright(page: Path, dpi: float) -> tuple[Image.Image, float]:
    from PIL import Image  # noqa: PLC0415  (late: only where something is scanned)

    with Image.open(page) as picture:
        # Sixteen bits are clipped, not scaled, by `convert`.
        grey = (picture.point(lambda level: level / 256) if picture.mode.startswith("I") else picture).convert("L")
    factor = int(dpi // _FINEST_DPI)
    if factor > 1 and min(grey.size) >= _SHORTEST_PX * factor:
        grey, dpi = grey.reduce(factor), dpi / factor
    return straighten(grey, dpi), dpi

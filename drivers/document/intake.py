"""A page as the scanner gave it, made into one that is kept: grey, upright, cropped, small. Adapter (Pillow)."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, BinaryIO

from drivers.document import raw
from drivers.document.straighten import straighten

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from drivers.document.pages import PageFolder

# What is much finer than this is made coarser before anything else: it only takes time and memory.
_FINEST_DPI = 300
_A4_WIDTH_INCHES = 8.27
_SHORTEST_PX = 64
_STRIP_PX = 1_000_000
_LEAST_ROOM_BYTES = 100_000


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
            head = raw.head(file.read(raw.HEAD_BYTES), page.stat().st_size)
            if head is None:
                raise NoRoomError if _is_full(page.parent) else TornPageError
            dpi = dpi or head.width / _A4_WIDTH_INCHES
            factor = max(1, round(dpi / _FINEST_DPI)) if min(head.width, head.height) >= _SHORTEST_PX else 1
            grey = _grey(file, head, factor)
        page.unlink()  # before more memory is taken
        return folder.add(straighten(grey, dpi / factor), dpi / factor)
    except OSError as error:
        if folder.wiped:
            return None
        raise (NoRoomError if error.errno in {errno.ENOSPC, errno.EDQUOT} else TornPageError) from error
    finally:
        page.unlink(missing_ok=True)


def _grey(file: BinaryIO, head: raw.Head, factor: int) -> Image.Image:
    """Return the page in grey, made coarser by a factor; read in strips, so that colour is never whole in memory."""
    from PIL import Image  # noqa: PLC0415  (late: only where something is scanned)

    # The modes of Pillow's raw decoder; a bit that is set is black.
    mode, layout = ("1", "1;I") if not head.level_bytes else ("RGB", "RGB") if head.colours > 1 else ("L", "L")
    grey = Image.new("L", (-(-head.width // factor), -(-head.height // factor)))
    rows = factor * max(1, _STRIP_PX // (head.width * factor))
    file.seek(head.begins_at)
    for top in range(0, head.height, rows):
        count = min(rows, head.height - top)
        levels = file.read(head.row_bytes * count)[:: head.level_bytes or 1]  # of two bytes the first is the higher
        strip = Image.frombytes(mode, (head.width, count), levels, "raw", layout).convert("L")
        grey.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return grey


def _is_full(folder: Path) -> bool:
    """Say whether a page may have ended early for want of room: scanimage does not tell that apart."""
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize < _LEAST_ROOM_BYTES

"""The head of a page as scanimage leaves it, a portable bitmap, grey map or pixel map. No I/O.

Source: netpbm's pbm(5), pgm(5), ppm(5), binary forms. A page whose scanner ends early is finished by scanimage with
exit code 0: only its length betrays it.
"""

from __future__ import annotations

import re

_HEAD = re.compile(rb"P([456])\s+(?:#[^\n]*\n\s*)*(\d{1,6})\s+(\d{1,6})(?:\s+(\d{1,5}))?\s")
HEAD_BYTES = 200
# A3 at 600 dpi. More is nonsense, or would take a small machine's memory.
_MOST_PIXELS = 70_000_000


def size_px(head: bytes, size_bytes: int) -> tuple[int, int] | None:
    """Return the width and height of a page that is whole; None for one that is not, or no page at all."""
    found = _HEAD.match(head)
    if found is None:
        return None
    kind, width, height = int(found[1]), int(found[2]), int(found[3])
    if not 0 < width * height <= _MOST_PIXELS:
        return None
    if kind == 4:  # noqa: PLR2004  (bits, each row filled up to a byte; no depth in its head)
        head_bytes, row_bytes = found.end(3) + 1, (width + 7) // 8
    else:
        depth = int(found[4] or 0)
        if not 0 < depth < 65536:  # noqa: PLR2004  (two bytes)
            return None
        head_bytes = found.end()
        row_bytes = width * (1 if depth < 256 else 2) * (3 if kind == 6 else 1)  # noqa: PLR2004  (one byte; colours)
    return (width, height) if size_bytes >= head_bytes + row_bytes * height else None

"""The head of a page as scanimage leaves it, a portable bitmap, grey map or pixel map. No I/O.

Source: netpbm's pbm(5), pgm(5), ppm(5), binary forms; scanimage writes one byte for each level, or two (its
write_pnm_header). A page whose scanner ends early is finished by scanimage with exit code 0: its length alone tells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GAP = rb"\s+(?:#[^\n]*\n\s*)*"
_HEAD = re.compile(rb"P([456])" + _GAP + rb"(\d{1,6})" + _GAP + rb"(\d{1,6})(?:" + _GAP + rb"(\d{1,5}))?\s")
HEAD_BYTES = 200
# A3 at 600 dpi. More is nonsense, or would take a small machine's memory.
_MOST_PIXELS = 70_000_000
_BITS, _COLOURS = b"4", b"6"


@dataclass(frozen=True, slots=True)
class Head:
    """How the rows of a page lie in its file, from `begins_at` on; `level_bytes` is 0 for black and white (bits)."""

    width: int
    height: int
    colours: int
    level_bytes: int
    begins_at: int

    @property
    def row_bytes(self) -> int:
        """How long a row is; rows of bits are filled up to a byte."""
        return self.width * self.colours * self.level_bytes or (self.width + 7) // 8


def head(data: bytes, size_bytes: int) -> Head | None:
    """Return the head of a page that is whole; None for one that is not, or no page at all."""
    found = _HEAD.match(data)
    if found is None:
        return None
    width, height = int(found[2]), int(found[3])
    if not 0 < width * height <= _MOST_PIXELS:
        return None
    if found[1] == _BITS:  # no depth in its head
        page = Head(width, height, 1, 0, found.end(3) + 1)
    else:
        level_bytes = {255: 1, 65535: 2}.get(int(found[4] or 0))
        if level_bytes is None:
            return None
        page = Head(width, height, 3 if found[1] == _COLOURS else 1, level_bytes, found.end())
    return page if size_bytes >= page.begins_at + page.row_bytes * height else None

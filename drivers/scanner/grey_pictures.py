"""Grey pictures one after the other in a stream of bytes (PGM, P5). No I/O.

Netpbm's `pgm(5)`: "P5", width, height, the largest grey (255 here), one white space, then a byte for each pixel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A camera of 16 megapixels; what says more is no camera.
MAX_PIXELS = 16_000_000
_HEAD = re.compile(rb"P5\s+([0-9]{1,5})\s+([0-9]{1,5})\s+255\s")
# A head is shorter than this; a stream that has none by then is none of pictures.
_HEAD_BYTES = 64


class NoPicturesError(Exception):
    """These bytes are no stream of grey pictures."""


@dataclass(frozen=True, slots=True)
class GreyPicture:
    """A picture, its pixels line by line."""

    width_px: int
    height_px: int
    pixels: bytes


class GreyPictures:
    """Feed it bytes as they arrive; it returns the pictures they complete."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def receive(self, data: bytes) -> list[GreyPicture]:
        """Return the pictures completed by `data`, oldest first.

        Raises:
            NoPicturesError: it is something else.
        """
        self._bytes += data
        found = []
        while (picture := self._next()) is not None:
            found.append(picture)
        return found

    def _next(self) -> GreyPicture | None:
        head = _HEAD.match(self._bytes)
        if head is None:
            if len(self._bytes) >= _HEAD_BYTES or not b"P5".startswith(bytes(self._bytes[:2])):
                raise NoPicturesError(f"no head of a picture: {bytes(self._bytes[:8])!r}")
            return None
        width, height = int(head[1]), int(head[2])
        if not 0 < width * height <= MAX_PIXELS:
            raise NoPicturesError(f"a picture of {width!r} by {height!r} pixels")
        end = head.end() + width * height
        if len(self._bytes) < end:
            return None
        pixels = bytes(self._bytes[head.end() : end])
        del self._bytes[:end]
        return GreyPicture(width, height, pixels)

"""A camera before which pictures are held. Adapter (queue, standard output).

    python -m drivers.simulated.camera PICTURE

As a program it takes a picture of what is in the file five times a second, and writes it as PGM, as long as the file is
there: what ffmpeg does with a camera's device file.
"""

from __future__ import annotations

import errno
import os
import queue
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

_EVERY_S = 0.02
_NOTHING_PX = (64, 48)


class SimulatedCamera:
    """The camera: a context, plugged in inside of it; `frames` is what opens it."""

    def __init__(self) -> None:
        self._held: queue.SimpleQueue[Image.Image] = queue.SimpleQueue()
        self._is_there = False

    def __enter__(self) -> Self:
        """Plug it in."""
        self._is_there = True
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it."""
        self._is_there = False

    def show(self, picture: Image.Image) -> None:
        """Hold a picture before it, for one frame."""
        self._held.put(picture)

    def frames(self) -> Iterator[Image.Image | None]:
        """Open it; give each picture as it is taken, a white one where nothing is held before it."""
        from PIL import Image  # noqa: PLC0415  (late: 30 ms)

        white = Image.new("L", _NOTHING_PX, 255)
        while self._is_there:
            try:
                yield self._held.get(timeout=_EVERY_S)
            except queue.Empty:
                yield white
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))


def main() -> int:
    """Run as a program until the picture is taken away."""
    from PIL import Image  # noqa: PLC0415  (late: 30 ms)

    where = Path(sys.argv[1])
    while True:
        try:
            with Image.open(where) as held:
                grey = held.convert("L")
        except FileNotFoundError:
            return 0
        sys.stdout.buffer.write(b"P5\n%d %d\n255\n" % grey.size + grey.tobytes())
        sys.stdout.buffer.flush()
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())

"""A camera before which pictures are held. Adapter (queue)."""

from __future__ import annotations

import errno
import os
import queue
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

_EVERY_S = 0.02


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
        """Open it; give each picture as it is taken."""
        while self._is_there:
            try:
                yield self._held.get(timeout=_EVERY_S)
            except queue.Empty:
                yield None
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

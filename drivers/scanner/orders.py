"""What others want a scanner to be told, and what wakes the thread that tells it. Adapter (eventfd, lock)."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Orders:
    """Filled by any thread, emptied by one. What is wanted of a scanner that is not there is forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[bytes] = []
        self._fd: int | None = None

    @contextmanager
    def open(self) -> Iterator[int]:
        """Take orders inside of this; gives what to wait on."""
        fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        with self._lock:
            self._fd = fd
        try:
            yield fd
        finally:
            with self._lock:
                self._fd = None
                self._orders.clear()
            os.close(fd)

    def put(self, order: bytes) -> None:
        """Want this told; never waits."""
        with self._lock:
            if self._fd is not None:
                self._orders.append(order)
                os.eventfd_write(self._fd, 1)

    def take(self) -> bytes:
        """Return what is wanted, in order."""
        with self._lock:
            if not self._orders or self._fd is None:
                return b""
            os.eventfd_read(self._fd)
            wanted = b"".join(self._orders)
            self._orders.clear()
            return wanted

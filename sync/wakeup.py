"""The wake-up socket: whoever has queued a record tells the sync service, which so need not poll.

A lost wake-up costs a delay, never a record: the service also looks at the outbox by itself now and then.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def wake(path: Path) -> None:
    """Wake the service that listens at `path`, if one does; never waits."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(b"\0", str(path))


class Waker:
    """The waking end for a process that wakes often: one socket for its life. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def wake(self) -> None:
        """Wake the service, if one listens; never waits."""
        with contextlib.suppress(OSError):
            self._socket.sendto(b"\0", self._path)

    def close(self) -> None:
        """Free the socket."""
        self._socket.close()


class WakeupSocket:
    """The listening end, owned by the sync service."""

    def __init__(self, path: Path) -> None:
        """Listen at `path`, in place of whatever a killed service left there.

        Raises:
            OSError: nothing can be made at `path`, or it is longer than the 107 bytes of unix(7).
        """
        path.unlink(missing_ok=True)
        self._path = path
        self._closed = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))

    def listen(self, woken: Callable[[], None]) -> None:
        """Call `woken` for each datagram, whatever it holds, until closed; made for a thread of its own."""
        with contextlib.suppress(OSError):
            while self._socket.recv(16) or not self._closed:
                woken()

    def close(self) -> None:
        """End `listen` and free the socket."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._path.unlink(missing_ok=True)

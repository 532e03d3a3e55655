"""One service for one outbox: a lock on a file of the state directory, which the kernel drops with the process."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process does this work already; end it first."""


class Lock:
    """Held from its making to its release, or to the end of the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            AlreadyRunningError: another process holds it.
            OSError: the file cannot be made.
        """
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o660)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._descriptor)
            raise AlreadyRunningError(f"another process holds {str(path)!r}") from error

    def release(self) -> None:
        """Let another process take it."""
        os.close(self._descriptor)

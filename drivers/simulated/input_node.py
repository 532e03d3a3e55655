"""An input device: a named pipe with the records of /dev/input/event*. Adapter (named pipe)."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Self

from drivers.event_device.records import EV_SYN, SYN_REPORT, Record, encode

if TYPE_CHECKING:
    from pathlib import Path

_REPORT = encode(Record(EV_SYN, SYN_REPORT, 0))


class SimulatedInput:
    """The device: a context, plugged in at `path` inside of it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = -1

    def __enter__(self) -> Self:
        """Plug it in.

        Raises:
            OSError: no pipe can be made there.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_name(f".{self._path.name}.part")
        unfinished.unlink(missing_ok=True)
        os.mkfifo(unfinished)
        # For reading, too: a pipe nobody else has open would not open for writing.
        self._fd = os.open(unfinished, os.O_RDWR | os.O_CLOEXEC)
        unfinished.replace(self._path)
        return self

    def __exit__(self, *_: object) -> None:
        """Unplug it."""
        self._path.unlink(missing_ok=True)
        os.close(self._fd)

    def say(self, *records: Record) -> None:
        """Send one report of records."""
        self.send(b"".join(map(encode, records)) + _REPORT)

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        while data:
            data = data[os.write(self._fd, data) :]

    def flood(self, data: bytes) -> None:
        """Send raw bytes, as many as a pipe holds; the rest is lost."""
        with contextlib.suppress(BlockingIOError):
            os.set_blocking(self._fd, False)
            self.send(data)
        os.set_blocking(self._fd, True)

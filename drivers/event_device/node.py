"""One open /dev/input/event*, or what stands in for it. Adapter (evdev's device files).

Its device files are read directly: a driver needs three of their ioctls, and the package evdev would ask thirty and
take 40 ms to load. A named pipe with the same records stands in for a device file where there is no uinput; it
knows no ioctl: a lock stands in for the grab, and nothing is known to be down when it is opened.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import stat
import time
from typing import TYPE_CHECKING, Self

from drivers.event_device.records import NoRecordsError, Record, RecordReader
from drivers.interface import DeviceError, Fault
from drivers.system_fault import fault_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# linux/input.h: _IOW('E', 0x90, int), and _IOC(_IOC_READ, 'E', 0x18 and 0x1b, length)
_EVIOCGRAB = 0x40044590
_EVIOCGKEY = 0x80004518
_EVIOCGSW = 0x8000451B
_MAX_CODE_BYTES = 96  # KEY_MAX is 0x2ff: 768 bits

_READ_BYTES = 64 * 24
# A kernel writes whole records; half of one comes from something else, and its rest does not come.
_WHOLE_S = 1.0
# "Readable", and yet nothing to read: now and then it may be, for ever it is a broken driver.
_EMPTY_READS = 50
_FAULTS = dict.fromkeys((errno.EAGAIN, errno.ENOTTY, errno.EINVAL), Fault.NOT_ANSWERING)


class EventNode:
    """The open file; a context, closed at its end."""

    def __init__(self, path: Path, read: Callable[[int, int], bytes] = os.read) -> None:
        self._path = path
        self._read = read
        self._reader = RecordReader()
        self._heard_s = time.monotonic()
        self._empty_reads = 0
        self._fd = -1
        self._poll = select.poll()

    def __enter__(self) -> Self:
        """Open it, for us alone.

        Raises:
            DeviceError: it is not there, not ours, or held.
        """
        try:
            self._fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            if stat.S_ISREG(os.fstat(self._fd).st_mode):
                raise OSError(errno.ENODEV, "a plain file")  # noqa: TRY301  (one place tells what went wrong)
            self._take()
            self._poll.register(self._fd, select.POLLIN)
        except OSError as error:
            self.__exit__()
            raise self._lost(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        """Close it, which ends the grab."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def read(self, timeout_s: float) -> list[Record]:
        """Return what it says next, nothing after `timeout_s`.

        Raises:
            DeviceError: it was lost, or is no input device.
        """
        try:
            if self._poll.poll(timeout_s * 1000):
                return self._reader.receive(self._some())
        except OSError as error:
            raise self._lost(error) from error
        except NoRecordsError as error:
            raise DeviceError(Fault.NOT_ANSWERING, f"no input device at {str(self._path)!r}: {error}") from error
        if self._reader.unfinished and time.monotonic() - self._heard_s > _WHOLE_S:
            raise DeviceError(Fault.NOT_ANSWERING, f"half an input event from {str(self._path)!r}, and no more")
        return []

    def down(self) -> frozenset[int]:
        """Return the codes of the keys that are down now; none where it cannot be asked."""
        return self._bits(_EVIOCGKEY)

    def switched_on(self) -> frozenset[int] | None:
        """Return the codes of the switches that are on now; None where it cannot be asked."""
        return self._bits(_EVIOCGSW) if self._is_device() else None

    def _take(self) -> None:
        """Have it for us alone: its keys must not reach the screen as well."""
        if self._is_device():
            fcntl.ioctl(self._fd, _EVIOCGRAB, 1)
            return
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OSError(errno.EBUSY, "held by another process") from error
        with contextlib.suppress(BlockingIOError):  # a kernel keeps nothing for those who have not opened yet
            while os.read(self._fd, _READ_BYTES):
                pass

    def _some(self) -> bytes:
        try:
            data = self._read(self._fd, _READ_BYTES)
        except BlockingIOError:
            self._empty_reads += 1
            if self._empty_reads > _EMPTY_READS:
                raise
            return b""
        if not data:
            raise OSError(errno.ENODEV, "it went away")
        self._empty_reads = 0
        self._heard_s = time.monotonic()
        return data

    def _is_device(self) -> bool:
        return stat.S_ISCHR(os.fstat(self._fd).st_mode)

    def _bits(self, request: int) -> frozenset[int]:
        if not self._is_device():
            return frozenset()
        answer = bytearray(_MAX_CODE_BYTES)
        try:
            fcntl.ioctl(self._fd, request | len(answer) << 16, answer)
        except OSError as error:
            raise self._lost(error) from error
        return frozenset(code for code in range(8 * len(answer)) if answer[code // 8] >> code % 8 & 1)

    def _lost(self, error: OSError) -> DeviceError:
        return DeviceError(_fault(error), f"input device at {str(self._path)!r}: {error.strerror}")


def _fault(error: OSError) -> Fault:
    return fault_of(error.errno, _FAULTS)

"""A code scanner that pretends to be a keyboard (USB HID). Adapter (evdev: /dev/input/event*).

It is grabbed, so that nothing it types reaches the screen, nor anyone else; and read as the kernel gives it, in
records of `struct input_event`. Both take one system call, so python-evdev is not needed for it.

A named pipe stands in for the device where there is none: the same records, by the same code. What differs there: a
lock on the pipe stands in for the grab, what waits in it is dropped at the opening (the kernel keeps nothing for a
reader that is not there), and its end is a device pulled out.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from drivers.interface import DeviceError, DeviceName, DeviceUp, Fault
from drivers.scanner import inputs, place
from drivers.scanner.debounce import AWAY_S
from drivers.scanner.hearing import Hearing
from drivers.scanner.key_hearing import KeyHearing
from drivers.scanner.keys import RECORD_BYTES
from drivers.scanner.layouts import Layout
from drivers.scanner.listening import listen
from drivers.scanner.losses import fault_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator

    from drivers.driver import Emit
    from drivers.scanner.framing import Framing

_EVIOCGRAB = 0x40044590  # linux/input.h: _IOW('E', 0x90, int)
# A read of a device gives whole records only; this many are more than the kernel keeps for one reader.
_READ_BYTES = 4096 * RECORD_BYTES


class HidScanner:
    """Reports each code a scanner types."""

    def __init__(  # noqa: PLR0913, PLR0917  (where it is, and how it was set)
        self,
        name: DeviceName,
        at: place.Place,
        layout: Layout = Layout.FRENCH,
        framing: Framing | None = None,
        away_s: float = AWAY_S,
        found: Callable[[], list[place.PluggedIn]] = inputs.found,
    ) -> None:
        self._name = name
        self._at = at
        self._layout = layout
        self._framing = framing
        self._away_s = away_s
        self._found = found

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the device and report codes until stopped.

        Raises:
            DeviceError: the device could not be opened, or was lost.
        """
        try:
            with self._open() as keys:
                emit(DeviceUp(self._name))
                listen(keys, KeyHearing(Hearing(self._name, self._framing, self._away_s), self._layout), emit, stop)
        except OSError as error:
            raise DeviceError(fault_of(error), f"scanner at {str(self._at)!r}: {error}") from error

    @contextmanager
    def _open(self) -> Iterator[_Keys]:
        paths = place.paths(self._at, self._found() if isinstance(self._at, place.UsbId) else [])
        if not paths:
            raise DeviceError(Fault.UNPLUGGED, f"no scanner {str(self._at)!r} is plugged in")
        fd = _first_free(paths)
        try:
            yield _Keys(fd)
        finally:
            os.close(fd)


def _first_free(paths: list[str]) -> int:
    for path in paths[:-1]:
        with suppress(OSError):  # it is held for another scanner of the same kind: try the next
            return _grabbed(path)
    return _grabbed(paths[-1])


def _grabbed(path: str) -> int:
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            while _read(fd):
                pass
        else:
            fcntl.ioctl(fd, _EVIOCGRAB, 1)
    except BaseException:
        os.close(fd)
        raise
    return fd


class _Keys:
    """An open device as a source."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.watched = [fd]

    def tend(self, now_s: float) -> None:
        """Tell a keyboard nothing."""

    def read(self) -> bytes:
        return _read(self._fd)


def _read(fd: int) -> bytes:
    try:
        data = os.read(fd, _READ_BYTES)
    except BlockingIOError:
        return b""
    if not data:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
    return data

"""A printer behind a device file: USB (/dev/usb/lp0) or a serial port. Adapter (os, termios by pyserial).

Both are read and written without waiting in the kernel: a device that is torn out, or refuses for ever, is found out
by `poll` and by errors, never by a call that does not come back.
"""

from __future__ import annotations

import errno
import os
import select
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from drivers import system_fault
from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    from pathlib import Path

    import serial

# A device which says "again" although it was said to be ready: looked at so often, no busier.
_AGAIN_S = 0.05
# For an order to clear, which was given just now, to reach the printer.
_LAST_WORDS_S = 0.2
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL
_FAULTS = {errno.EAGAIN: Fault.BUSY}  # the lock on it is held


class FileLine:
    """An open device file; see `Line`. It closes `port`, too, where the file belongs to one."""

    def __init__(self, file: int, port: serial.Serial | None = None) -> None:
        self._file = file
        self._port = port

    @classmethod
    def open_usb(cls, path: Path) -> FileLine:
        """Open a USB printer of the kernel's usblp driver, which lets one process have it.

        Raises:
            DeviceError: it is not there, held by another process, or forbidden.
        """
        try:
            return cls(os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY))
        except OSError as error:
            raise DeviceError(fault_of(error), f"printer at {str(path)!r}: {error.strerror}") from error

    @classmethod
    def open_serial(cls, path: Path, baud: int) -> FileLine:
        """Open a serial printer, with XON/XOFF, which printers use by themselves.

        Raises:
            DeviceError: it is not there, held by another process, or forbidden.
        """
        import serial  # noqa: PLC0415  (late: only for a printer that has such a line)

        try:
            port = serial.Serial(str(path), baud, timeout=0, write_timeout=0, exclusive=True, xonxoff=True)
        except (OSError, ValueError) as error:  # a speed that the port does not know is a ValueError
            fault = fault_of(error) if isinstance(error, OSError) else Fault.REFUSED
            raise DeviceError(fault, f"printer at {str(path)!r}: {error}") from error
        # An XOFF among noise would keep us silent for ever, beyond the closing of the port, too. Linux lets go of it
        # only where output was suspended by hand before.
        termios.tcflow(port.fileno(), termios.TCOOFF)
        termios.tcflow(port.fileno(), termios.TCOON)
        return cls(port.fileno(), port)

    def write(self, data: bytes, wait_s: float) -> int:
        """Send the beginning of `data`."""
        if not self._ready(select.POLLOUT, wait_s):
            return 0
        try:
            return os.write(self._file, data)
        except BlockingIOError:
            time.sleep(min(_AGAIN_S, wait_s))
            return 0

    def read(self, wait_s: float) -> bytes:
        """Return what came."""
        if not self._ready(select.POLLIN, wait_s):
            return b""
        try:
            data = os.read(self._file, 4096)
        except BlockingIOError:
            data = b""
        if not data:  # usblp says "nothing" and "ready" at once while a printer is silent
            time.sleep(min(_AGAIN_S, wait_s))
        return data

    def close(self) -> None:
        """Let the printer go. What the kernel could not send yet is dropped.

        A serial port's close would else wait for half a minute for a printer that takes nothing.
        """
        if self._port is not None:
            deadline_s = time.monotonic() + _LAST_WORDS_S
            with suppress(OSError, termios.error):
                while self._port.out_waiting and time.monotonic() < deadline_s:
                    time.sleep(0.005)
                termios.tcflush(self._file, termios.TCOFLUSH)
            self._port.close()
        else:
            os.close(self._file)

    def _ready(self, wanted: int, wait_s: float) -> bool:
        poll = select.poll()
        poll.register(self._file, wanted)
        events = poll.poll(max(wait_s, 0.001) * 1000)
        if any(event & _GONE for _, event in events):
            raise OSError(errno.ENODEV, "the printer was unplugged")
        return bool(events)


def fault_of(error: OSError) -> Fault:
    """Return why a device file could not be opened."""
    return system_fault.fault_of(error.errno, _FAULTS)

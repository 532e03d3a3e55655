"""A code scanner on a serial line (USB-CDC or RS-232). Adapter (pyserial).

pyserial drops what waits on the line when it opens it: what was scanned before anyone looked is nobody's.
After an unplug pyserial's port stays "open" for ever and only raises: it is closed, and the supervisor opens anew.
Its port is looked for at each opening, so that a scanner found by its USB id may come back under another path.
"""

from __future__ import annotations

import termios
from contextlib import closing
from typing import TYPE_CHECKING

import serial

from drivers.interface import DeviceError, DeviceName, DeviceUp, Fault
from drivers.scanner import place, ports
from drivers.scanner.hearing import Hearing
from drivers.scanner.listening import listen
from drivers.scanner.losses import fault_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from drivers.interface import Emit
    from drivers.scanner.framing import Framing

# Much more than comes between two looks, on the fastest line.
_READ_BYTES = 65_536


class SerialScanner:
    """Reports each code a scanner sends."""

    def __init__(
        self,
        name: DeviceName,
        at: place.Place,
        baud: int,
        framing: Framing | None = None,
        found: Callable[[], list[place.PluggedIn]] = ports.found,
    ) -> None:
        self._name = name
        self._at = at
        self._baud = baud
        self._framing = framing
        self._found = found

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the line and report codes until stopped.

        Raises:
            DeviceError: the line could not be opened, or was lost.
        """
        try:
            with closing(self._open()) as line:
                emit(DeviceUp(self._name))
                listen(_Line(line), Hearing(self._name, self._framing), emit, stop)
        # pyserial's own errors are OSErrors; a bad speed is a ValueError, and a port torn out while it is set a termios
        # error.
        except (OSError, ValueError, termios.error) as error:
            raise DeviceError(fault_of(error), f"scanner at {str(self._at)!r}: {error}") from error

    def _open(self) -> serial.Serial:
        paths = place.paths(self._at, self._found() if isinstance(self._at, place.UsbId) else [])
        if not paths:
            raise DeviceError(Fault.UNPLUGGED, f"no scanner {str(self._at)!r} is plugged in")
        for path in paths[:-1]:
            try:
                return self._line(path)
            except OSError:  # it is held for another scanner of the same kind: try the next
                continue
        return self._line(paths[-1])

    def _line(self, path: str) -> serial.Serial:
        return serial.Serial(path, self._baud, timeout=0, exclusive=True)


class _Line:
    """pyserial's port as a source."""

    def __init__(self, line: serial.Serial) -> None:
        self._line = line

    def fileno(self) -> int:
        return self._line.fileno()

    def read(self) -> bytes:
        return self._line.read(_READ_BYTES)

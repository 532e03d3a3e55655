"""A code scanner on a serial line (USB-CDC or RS-232). Adapter (pyserial).

pyserial drops what waits on the line when it opens it: what was scanned before anyone looked is nobody's.
After an unplug pyserial's port stays "open" for ever and only raises: it is closed, and the supervisor opens anew.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import serial

from drivers.interface import DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import Scanned
from drivers.scanner.protocol import ScannerProtocol

if TYPE_CHECKING:
    import threading

    from drivers.interface import Emit

# How soon a stopped driver lets go of its port; a code is reported at once whatever this is.
_READ_S = 0.2


class SerialScanner:
    """Reports each code a scanner sends."""

    def __init__(self, name: DeviceName, port: str, baud: int) -> None:
        self._name = name
        self._port = port
        self._baud = baud

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
            with serial.Serial(self._port, self._baud, timeout=_READ_S, exclusive=True) as line:
                emit(DeviceUp(self._name))
                protocol = ScannerProtocol()
                while not stop.is_set():
                    data = line.read(1)
                    data += line.read(line.in_waiting)
                    for code in protocol.receive(data):
                        emit(Scanned(self._name, code))
        except (OSError, ValueError) as error:  # pyserial's own errors are OSErrors; a bad speed is a ValueError
            raise DeviceError(_fault(error), f"scanner at {self._port}: {error}") from error


def _fault(error: OSError | ValueError) -> Fault:
    refused = {errno.EACCES, errno.EPERM, errno.EBUSY, errno.EAGAIN}  # EAGAIN: another process holds the line
    return Fault.REFUSED if isinstance(error, OSError) and error.errno in refused else Fault.UNPLUGGED

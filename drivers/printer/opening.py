"""The way to each kind of printer, ready to be opened by its driver, again and again. Adapter.

Each function returns one that opens a line, or raises OSError or DeviceError: nothing is opened here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.lines.device_file import FileLine
from drivers.printer.lines.tcp import TcpLine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drivers.printer.lines import Line


def over_network(host: str, port: int, connect_s: float) -> Callable[[], Line]:
    """Return the way to a printer that listens on TCP."""
    return lambda: TcpLine.open(host, port, connect_s)


def over_serial(path: Path, baud: int) -> Callable[[], Line]:
    """Return the way to a printer on a serial port."""
    return lambda: FileLine.open_serial(path, baud)


def over_usb(path: Path) -> Callable[[], Line]:
    """Return the way to a USB printer by its device file, such as /dev/usb/lp0."""
    return lambda: FileLine.open_usb(path)

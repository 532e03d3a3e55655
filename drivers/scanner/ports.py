"""The serial ports that are plugged in. Adapter (pyserial's list of /sys/class/tty)."""

from __future__ import annotations

from drivers.scanner.place import PluggedIn, UsbId


def found() -> list[PluggedIn]:
    """Return every USB serial port that is there now."""
    from serial.tools import list_ports  # noqa: PLC0415  (late: only who looks for a port by its USB id needs it)

    try:
        ports = list_ports.comports()
    except (OSError, TypeError, ValueError):  # one was pulled out while its description was read
        return []
    return [
        PluggedIn(port.device, UsbId(port.vid, port.pid, port.serial_number), port.location or "")
        for port in ports
        if port.vid is not None and port.pid is not None
    ]

"""What is plugged in, by names that stay. Adapter (sysfs, /dev, PC/SC).

A name under /dev/serial/by-id, /dev/input/by-id or /dev/usb/by-id holds the maker's name and serial number: it leads
to the same device whichever socket it sits in. A device that has no such name is listed by the one it has now.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Kind(Enum):
    """What sort of device something may be."""

    SERIAL_PORT = "serial port"
    USB_PRINTER = "usb printer"
    KEYBOARD = "keyboard or scanner that types"
    CARD_READER = "card reader"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is plugged in; `name` is what to write into the configuration."""

    kind: Kind
    name: str
    about: str = ""


def found(root: Path = Path("/")) -> list[Found]:
    """Return all that is plugged in and that a driver of ours could serve. `root` holds `dev` and `sys`."""
    return [*_serial_ports(root), *_usb_printers(root), *_keyboards(root), *_card_readers()]


def _serial_ports(root: Path) -> list[Found]:
    by_id = _links(root / "dev/serial/by-id")
    ports = [path for pattern in ("ttyUSB*", "ttyACM*") for path in sorted((root / "dev").glob(pattern))]
    named = {link.resolve() for link in by_id}
    return [
        *(Found(Kind.SERIAL_PORT, str(link), _target(link)) for link in by_id),
        *(Found(Kind.SERIAL_PORT, str(port)) for port in ports if port.resolve() not in named),
    ]


def _usb_printers(root: Path) -> list[Found]:
    by_id = _links(root / "dev/usb/by-id")  # made by our own rule of udev
    named = {link.resolve() for link in by_id}
    unnamed = [path for path in sorted((root / "dev/usb").glob("lp*")) if path.resolve() not in named]
    return [Found(Kind.USB_PRINTER, str(path), _model_at(root, path.resolve().name)) for path in (*by_id, *unnamed)]


def _model_at(root: Path, node: str) -> str:
    return _model(_read(root / "sys/class/usbmisc" / node / "device/ieee1284_id"))


def _keyboards(root: Path) -> list[Found]:
    return [Found(Kind.KEYBOARD, str(link), _target(link)) for link in _links(root / "dev/input/by-id", "*-event-kbd")]


def _card_readers() -> list[Found]:
    try:
        from smartcard.pcsc.PCSCExceptions import BaseSCardException  # noqa: PLC0415  (late: few have a reader)
        from smartcard.System import readers  # noqa: PLC0415  (late: as above)
    except ImportError:
        return []
    try:
        return [Found(Kind.CARD_READER, str(reader)) for reader in readers()]
    except BaseSCardException:
        return []  # pcscd does not run


def _links(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(path for path in folder.glob(pattern) if path.exists())


def _target(link: Path) -> str:
    return f"now {link.resolve().name}"


def _model(ieee1284_id: str) -> str:
    """Return maker and model of a device ID: `MFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;…` (IEEE 1284, 7.6)."""
    fields = dict(part.partition(":")[::2] for part in ieee1284_id.split(";"))
    names = (fields.get("MFG") or fields.get("MANUFACTURER"), fields.get("MDL") or fields.get("MODEL"))
    return " ".join(name for name in names if name)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""

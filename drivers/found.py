"""What is plugged in, by names that stay. Adapter (sysfs, procfs, /dev, PC/SC, SANE).

A name under /dev/serial/by-id, /dev/input/by-id or /dev/usb/by-id holds the maker's name and serial number: it leads
to the same device whichever socket it sits in. A device that has no such name is listed by the one it has now.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from drivers.interface import DeviceError


class Kind(Enum):
    """What sort of device something may be."""

    SERIAL_PORT = "serial port"
    USB_PRINTER = "usb printer"
    KEYBOARD = "keyboard or scanner that types"
    CARD_READER = "card reader"
    SOUND_CARD = "sound card"
    HEADPHONE_SOCKET = "headphone socket"
    GPIO_CHIP = "gpio chip"
    POWER_SUPPLY = "power supply"
    DOCUMENT_SCANNER = "document scanner"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is plugged in; `name` is what to write into the configuration."""

    kind: Kind
    name: str
    about: str = ""


def found(root: Path = Path("/")) -> list[Found]:
    """Return all that is plugged in and that a driver of ours could serve; `root` holds `dev`, `proc` and `sys`.

    Document scanners are asked apart: it takes seconds.
    """
    return [
        *_serial_ports(root),
        *_usb_printers(root),
        *_keyboards(root),
        *_card_readers(),
        *_sound_cards(root),
        *_headphone_sockets(root),
        *_gpio_chips(root),
        *_power_supplies(root),
    ]


def document_scanners() -> list[Found]:
    """Return the scanners that SANE finds; it wakes each, which takes some seconds."""
    from drivers.document import scanimage  # noqa: PLC0415  (late: few have a scanner)

    try:
        listed = scanimage.scanners(threading.Event(), late=lambda: None)
    except DeviceError:
        return []  # SANE is not installed, or does not answer
    return [Found(Kind.DOCUMENT_SCANNER, each.name, f"{each.make} {each.model}") for each in listed]


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


def _sound_cards(root: Path) -> list[Found]:
    cards = re.findall(r"^ *\d+ \[(\w+) *\]: (.+)$", _read(root / "proc/asound/cards"), re.MULTILINE)
    return [Found(Kind.SOUND_CARD, f"plughw:CARD={card}", about) for card, about in cards]


def _headphone_sockets(root: Path) -> list[Found]:
    names = {_read(path): path.parent.parent.name for path in root.glob("sys/class/input/event*/device/name")}
    return [Found(Kind.HEADPHONE_SOCKET, name, f"now {names[name]}") for name in sorted(names) if "Headphone" in name]


def _gpio_chips(root: Path) -> list[Found]:
    from drivers.gpio.lines import label  # noqa: PLC0415  (late: few have a chip)

    return [
        Found(Kind.GPIO_CHIP, label(chip) or str(chip), f"now {chip.name}")
        for chip in sorted((root / "dev").glob("gpiochip*"))
    ]


def _power_supplies(root: Path) -> list[Found]:
    supplies = sorted((root / "sys/class/power_supply").glob("*"))
    return [Found(Kind.POWER_SUPPLY, supply.name, _read(supply / "type")) for supply in supplies]


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

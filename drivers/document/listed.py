"""Which of the scanners that SANE finds is meant. No I/O.

SANE names a USB scanner by the number it got when it was plugged in (`epsonds:libusb:001:004`), which is another one
after the next plugging. So a name that is no more is looked for by its backend, and a scanner may be named by its make
and model alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Asked of `scanimage --formatted-device-list`; a control character stands in no name.
FORMAT = "%d\x1f%v\x1f%m%n"
_USB_NUMBERS = re.compile(r"^(?P<backend>.+?:libusb):(?P<bus>\d{1,3}):(?P<number>\d{1,3})$")
_MOST_DEVICES = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A scanner that SANE found."""

    name: str
    make: str
    model: str


def parse(text: str) -> tuple[Listed, ...]:
    """Return the scanners of a list in `FORMAT`, in its order."""
    rows = (line.split("\x1f") for line in text.split("\n"))
    return tuple(Listed(*row) for row in rows if len(row) == 3 and row[0])[:_MOST_DEVICES]  # noqa: PLR2004  (FORMAT)


def is_a_name(device: str) -> bool:
    """Say whether this is SANE's own name of a device, or its make and model."""
    return ":" in device


def may_have_moved(device: str) -> bool:
    """Say whether this may be found under another name after it was plugged in again."""
    return not is_a_name(device) or _USB_NUMBERS.match(device) is not None


def usb_node(device: str) -> str | None:
    """Return the device file of a scanner on USB, which is there as long as it is plugged in and switched on."""
    found = _USB_NUMBERS.match(device)
    return f"/dev/bus/usb/{int(found['bus']):03}/{int(found['number']):03}" if found else None


def named(device: str, found: Sequence[Listed]) -> str | None:
    """Return SANE's name of the scanner that is meant; None where it is not there."""
    if any(each.name == device for each in found):
        return device
    if moved := _USB_NUMBERS.match(device):
        return next((each.name for each in found if each.name.startswith(f"{moved['backend']}:")), None)
    if is_a_name(device):
        return None
    words = device.casefold().split()
    alike = (each for each in found if all(word in f"{each.make} {each.model}".casefold() for word in words))
    return next((each.name for each in alike if words), None)

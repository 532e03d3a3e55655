"""Which of the devices that are plugged in is meant. No I/O.

A path names it where udev makes a stable one (/dev/serial/by-id/..., /dev/input/by-id/...); else its USB vendor and
product do, with its serial number where several of a kind are plugged in and each has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class UsbId:
    """What a device says of itself on USB; without `serial`, any of this vendor and product is meant."""

    vendor: int
    product: int
    serial: str | None = None

    def __str__(self) -> str:
        return f"{self.vendor:04x}:{self.product:04x}" + (f":{self.serial}" if self.serial else "")


Place: TypeAlias = str | UsbId
"""A path, or what the device says of itself."""


@dataclass(frozen=True, slots=True)
class PluggedIn:
    """A device that is there: its path now, and the socket it sits in, which stays when it is plugged in again."""

    path: str
    usb: UsbId | None = None
    socket: str = ""


def paths(place: Place, found: Iterable[PluggedIn]) -> list[str]:
    """Return the paths at which the device may be, the likeliest first; two alike are told apart by their sockets."""
    if isinstance(place, str):
        return [place]
    alike = [each for each in found if each.usb is not None and _is(place, each.usb)]
    return [each.path for each in sorted(alike, key=lambda each: (each.socket, each.path))]


def _is(wanted: UsbId, usb: UsbId) -> bool:
    same_kind = (wanted.vendor, wanted.product) == (usb.vendor, usb.product)
    return same_kind and wanted.serial in {None, usb.serial}

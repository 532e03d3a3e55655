"""Which of the scanners that SANE finds is meant. No I/O.

SANE names a USB scanner by the number it got when it was plugged in (`epsonds:libusb:001:004`), which is another one
after the next plugging, and may be another scanner's. So such a name says which backend is meant, and no more; better
is a scanner's make and model. Where several fit, none is taken: a citizen's paper is never scanned by the wrong one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Asked of `scanimage --formatted-device-list`; a control character stands in no name.
FORMAT = "%d\x1f%v\x1f%m%n"
_USB_NUMBERS = re.compile(r"(?P<backend>.+?:libusb):(?P<bus>\d{1,3}):(?P<number>\d{1,3})")
_MOST_DEVICES = 50
# SANE's net backend (net.c, sane_open): `net:host:name`, a host of IPv6 in brackets.
_BEHIND_SANED = re.compile(r"^net:(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^:\[\]]+)):")
# `escl:http://host:port`, `airscan:escl:name:https://host/eSCL`.
_WEB_ADDRESS = re.compile(
    r"^(?:escl|airscan):(?:.*:)?(?P<kind>https?)://(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[^:/\[\]]+))(?::(?P<port>\d{1,5}))?(?:/|$)"
)
_WEB_PORTS = {"http": 80, "https": 443}
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Listed:
    """A scanner that SANE found."""

    name: str
    make: str
    model: str


@dataclass(frozen=True, slots=True)
class At:
    """Where a scanner on the network is; without a port it is behind saned, at saned's own."""

    host: str
    port: int | None = None

    @property
    def through_daemon(self) -> bool:
        """Whether saned stands before it."""
        return self.port is None


def parse(text: str) -> tuple[Listed, ...]:
    """Return the scanners of a list in `FORMAT`, in its order."""
    rows = (line.split("\x1f") for line in text.split("\n"))
    return tuple(Listed(*row) for row in rows if len(row) == 3 and row[0])[:_MOST_DEVICES]  # noqa: PLR2004  (FORMAT)


def is_a_name(device: str) -> bool:
    """Say whether this is SANE's own name of a device, or its make and model."""
    return ":" in device


def may_have_moved(device: str) -> bool:
    """Say whether this may be found under another name after it was plugged in again."""
    return not is_a_name(device) or _USB_NUMBERS.fullmatch(device) is not None


def usb_numbers(device: str) -> tuple[str, str] | None:
    """Return the bus and the number of a scanner on USB, as its device file has them: `/dev/bus/usb/001/004`."""
    found = _USB_NUMBERS.fullmatch(device)
    return (f"{int(found['bus']):03}", f"{int(found['number']):03}") if found else None


def at_of(device: str) -> At | None:
    """Return where on the network a scanner is, as far as its name says so: `airscan:e0:name` does not."""
    if found := _BEHIND_SANED.match(device):
        return At(found["v6"] or found["host"])
    if (found := _WEB_ADDRESS.match(device)) is None:
        return None
    port = int(found["port"] or _WEB_PORTS[found["kind"]])
    return At(found["v6"] or found["host"], port) if 0 < port <= _HIGHEST_PORT else None


def meant(device: str, found: Sequence[Listed]) -> tuple[str, ...]:
    """Return SANE's names of the scanners that may be meant; the same one, listed by two backends, once."""
    if numbered := _USB_NUMBERS.fullmatch(device):
        return tuple(each.name for each in found if each.name.startswith(f"{numbered['backend']}:"))
    if is_a_name(device):
        return tuple(each.name for each in found if each.name == device)
    words = set(device.casefold().split())
    alike = [each.name for each in found if words and words <= set(f"{each.make} {each.model}".casefold().split())]
    return tuple(name for name in alike if _backend(name) == _backend(alike[0]))


def _backend(name: str) -> str:
    return name.partition(":")[0]

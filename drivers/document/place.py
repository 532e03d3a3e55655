"""Where a scanner is now. Adapter (scanimage, /dev/bus/usb).

`scanimage --list-devices` takes seconds and wakes every scanner: it is asked when something was plugged in or out since
it was asked last, and otherwise once a while, for those on the network.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.document import listed, scanimage
from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

_USB = Path("/dev/bus/usb")
_LIST_AGAIN_S = 30.0


def _plugged_in() -> frozenset[str]:
    """Return all that is plugged in on USB: the numbers are never those of before."""
    return frozenset(str(node) for node in _USB.glob("*/*"))


class Place:
    """The one scanner that is meant: by SANE's name, or by its make and model."""

    def __init__(
        self,
        device: str,
        plugged_in: Callable[[], frozenset[str]] = _plugged_in,
        list_again_s: float = _LIST_AGAIN_S,
    ) -> None:
        self._device = device
        self._plugged_in = plugged_in
        self._list_again_s = list_again_s
        self._known = device if listed.is_a_name(device) else None
        self._seen: tuple[frozenset[str], float] | None = None

    def name(self, stop: threading.Event, late: Callable[[], None]) -> str:
        """Return its name, as far as known.

        Raises:
            DeviceError: it is not there.
        """
        name = self._known or self.moved(stop, late)
        if name is None:
            raise DeviceError(Fault.UNPLUGGED, f"no scanner {self._device!r} is there")
        return name

    def moved(self, stop: threading.Event, late: Callable[[], None]) -> str | None:
        """Return its name after it was plugged in again; None where it has none, or nothing has changed.

        Raises:
            DeviceError: SANE does not answer.
        """
        plugged, now_s = self._plugged_in(), time.monotonic()
        same = self._seen is not None and self._seen[0] == plugged and now_s - self._seen[1] < self._list_again_s
        if same or not listed.may_have_moved(self._device):
            return None
        found = scanimage.scanners(stop, late)
        self._seen = (plugged, now_s)
        self._known = listed.named(self._device, found)
        return self._known

"""Where a scanner is now. Adapter (scanimage, /dev/bus/usb).

`scanimage --list-devices` takes seconds and wakes every scanner: it is asked once, again for a while when something was
plugged in or out since, and otherwise once a while, for those on the network.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.document import listed, scanimage
from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

USB = Path("/dev/bus/usb")
_LIST_AGAIN_S = 30.0
# What was plugged in is not found at once: its firmware starts, the system asks what it is.
_SETTLES_S, _SETTLING_LIST_S = 20.0, 2.0


class Place:
    """The one scanner that is meant: by SANE's name, or by its make and model."""

    def __init__(self, device: str, usb: Path = USB, list_again_s: float = _LIST_AGAIN_S) -> None:
        self._device = device
        self._usb = usb
        self._list_again_s = list_again_s
        self._plugged: frozenset[str] | None = None
        self._changed_s, self._listed_s = 0.0, -math.inf
        self._nobody = DeviceError(Fault.UNPLUGGED, f"no scanner {device!r} is there")
        self._known: str | DeviceError = self._nobody
        self._doubted = False

    def name(self, stop: threading.Event, late: Callable[[], None]) -> str:
        """Return SANE's name of it today.

        Raises:
            DeviceError: it is not there, SANE does not answer, or it cannot be told from another.
        """
        if not listed.may_have_moved(self._device):
            return self._device
        # All that is plugged in on USB: after another plugging the numbers are never those of before.
        plugged, now_s = frozenset(str(node) for node in self._usb.glob("*/*")), time.monotonic()
        if plugged != self._plugged:
            self._plugged, self._changed_s, self._known, self._listed_s = plugged, now_s, self._nobody, -math.inf
        again_s = _SETTLING_LIST_S if now_s - self._changed_s < _SETTLES_S else self._list_again_s
        if (self._doubted or not isinstance(self._known, str)) and now_s - self._listed_s >= again_s:
            self._known, self._doubted = self._found(stop, late), False
        if isinstance(self._known, str):
            return self._known
        raise self._known.with_traceback(None)

    def doubt(self) -> None:
        """Look for it anew, once in a while: it does not open where it is listed."""
        self._doubted = True

    def lost(self) -> None:
        """Look for it anew, and soon: it served, and may be back elsewhere."""
        self._known, self._changed_s, self._listed_s = self._nobody, time.monotonic(), -math.inf

    def is_plugged_in(self, name: str) -> bool:
        """Say whether it is plugged in and switched on, as far as that can be seen; see `can_see`."""
        numbers = listed.usb_numbers(name)
        return numbers is None or self._usb.joinpath(*numbers).exists()

    def can_see(self, name: str) -> bool:
        """Say whether the plug of this scanner can be seen."""
        return listed.usb_numbers(name) is not None

    def _found(self, stop: threading.Event, late: Callable[[], None]) -> str | DeviceError:
        """List it; return its name, or why there is none."""
        try:
            names = listed.meant(self._device, scanimage.scanners(stop, late))
        except DeviceError as error:
            return error
        finally:
            self._listed_s = time.monotonic()
        if len(names) > 1:
            problem = f"{self._device!r} may be any of {', '.join(names)}: name it by its make and model, or unplug one"
            return DeviceError(Fault.REFUSED, problem)
        return names[0] if names else self._nobody

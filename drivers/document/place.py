"""Where a scanner is now. Adapter (scanimage, /dev/bus/usb).

`scanimage --list-devices` takes seconds and wakes every scanner: it is asked once, again for a while when something was
plugged in or out since, and otherwise once a while, for those on the network.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.document import listed, scanimage
from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

USB = Path("/dev/bus/usb")


@dataclass(frozen=True, slots=True)
class Waits:
    """How long it is before SANE is asked again for its list, in seconds.

    What was plugged in is not found at once: its firmware starts, the system asks what it is. While it settles so, it
    is looked for more often.
    """

    list_again_s: float = 30.0
    settles_s: float = 20.0
    settling_list_s: float = 2.0


@dataclass(frozen=True, slots=True)
class _Away:
    """Why no scanner is used."""

    fault: Fault
    message: str


class Place:
    """The one scanner that is meant: by SANE's name, or by its make and model."""

    def __init__(self, device: str, usb: Path = USB, waits: Waits = Waits()) -> None:
        self._device = device
        self._usb = usb
        self._waits = waits
        self._plugged: frozenset[str] | None = None
        self._nobody = _Away(Fault.UNPLUGGED, f"no scanner {device!r} is there")
        self._known: str | _Away = self._nobody
        self._doubted = False
        self._changed_s, self._listed_s = 0.0, -math.inf

    def name(self, stop: threading.Event, late: Callable[[], None]) -> str:
        """Return SANE's name of it today.

        Raises:
            DeviceError: it is not there, SANE does not answer, or it cannot be told from another.
        """
        if not listed.may_have_moved(self._device):
            return self._device
        # All that is plugged in on USB: after another plugging the numbers are never those of before.
        if (plugged := frozenset(str(node) for node in self._usb.glob("*/*"))) != self._plugged:
            self._plugged = plugged
            self.lost()
        if (self._doubted or isinstance(self._known, _Away)) and self._may_list():
            self._known, self._doubted = self._found(stop, late), False
            self._listed_s = -math.inf if stop.is_set() else time.monotonic()
        if isinstance(self._known, _Away):
            raise DeviceError(self._known.fault, self._known.message)
        return self._known

    def doubt(self) -> None:
        """Look for it anew, once in a while: it does not open where it is listed."""
        self._doubted = True

    def lost(self) -> None:
        """Look for it anew, and soon: it served, and may be back elsewhere."""
        self._known, self._doubted = self._nobody, False
        self._changed_s, self._listed_s = time.monotonic(), -math.inf

    def is_plugged_in(self, name: str) -> bool:
        """Say whether it is plugged in and switched on, as far as that can be seen; see `can_see`."""
        numbers = listed.usb_numbers(name)
        return numbers is None or self._usb.joinpath(*numbers).exists()

    def can_see(self, name: str) -> bool:
        """Say whether the plug of this scanner can be seen."""
        return listed.usb_numbers(name) is not None

    def _may_list(self) -> bool:
        now_s, waits = time.monotonic(), self._waits
        settles = now_s - self._changed_s < waits.settles_s
        return now_s - self._listed_s >= (waits.settling_list_s if settles else waits.list_again_s)

    def _found(self, stop: threading.Event, late: Callable[[], None]) -> str | _Away:
        """List it; return its name, or why there is none."""
        try:
            names = listed.meant(self._device, scanimage.scanners(stop, late))
        except DeviceError as error:
            return _Away(error.fault, str(error))
        if len(names) > 1:
            problem = f"{self._device!r} may be any of {', '.join(names)}: name it by its make and model, or unplug one"
            return _Away(Fault.AMBIGUOUS, problem)
        return names[0] if names else self._nobody

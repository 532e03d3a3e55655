"""What is told of a device that comes and goes many times a second. No I/O.

A plug that is not quite in, a paper sensor on its edge: the screen's band would blink, the log would fill the card.
Changes are told at once until there were too many; from then on that the device is lost is still told at once, and
everything else once it has stayed. Promise: what has stayed for `stays_s` is told.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.interface import DeviceDown

if TYPE_CHECKING:
    from drivers.interface import DeviceUp


@dataclass(frozen=True, slots=True)
class Often:
    """More than so many changes in so many seconds are a flicker; a plug that somebody tries twice is none."""

    changes: int = 12
    within_s: float = 10.0
    stays_s: float = 3.0
    """With the wait before a device is opened again, people have it back five seconds after they mended it."""


class Flicker:
    """One device's news, and what of it is told. `now_s` is monotonic and never falls."""

    def __init__(self, often: Often) -> None:
        self._often = often
        self._times_s: deque[float] = deque(maxlen=often.changes + 1)
        self._heard: DeviceUp | DeviceDown | None = None
        self._told: DeviceUp | DeviceDown | None = None
        self._since_s = 0.0

    def take(self, event: DeviceUp | DeviceDown, now_s: float) -> DeviceUp | DeviceDown | None:
        """Return what is to be told at once, now that `event` was heard."""
        if event == self._heard:
            return None
        self._heard, self._since_s = event, now_s
        self._times_s.append(now_s)
        is_lost = isinstance(event, DeviceDown) and not isinstance(self._told, DeviceDown)
        return self._tell() if is_lost or not self._flickers(now_s) else None

    def tick(self, now_s: float) -> DeviceUp | DeviceDown | None:
        """Return what is to be told by now because it has stayed."""
        return self._tell() if now_s - self._since_s >= self._often.stays_s else None

    def _flickers(self, now_s: float) -> bool:
        return len(self._times_s) > self._often.changes and now_s - self._times_s[0] < self._often.within_s

    def _tell(self) -> DeviceUp | DeviceDown | None:
        if self._heard == self._told:
            return None
        self._told = self._heard
        return self._told

"""The ignition of a bus on a line of a GPIO chip. Adapter (GPIO)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from drivers.gpio.lines import DEV, inputs
from drivers.interface import DeviceUp
from drivers.news import PowerChanged, PowerSource
from drivers.power.settling import Settle, Settling

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from drivers.driver import Emit
    from drivers.gpio.pin import Pin
    from drivers.interface import DeviceName

# How soon a stopped driver lets go of its line.
_READ_S = 0.1
# How soon a chip that went away without a word is missed.
_LOOK_S = 0.25


class IgnitionLine:
    """Reports whether a bus's ignition is on; a bus that is parked lives on its battery."""

    def __init__(
        self,
        name: DeviceName,
        chip: str,
        pin: Pin,
        settle: Settle = Settle(),  # noqa: B008  (frozen)
        folder: Path = DEV,
    ) -> None:
        self._name = name
        self._chip = chip
        self._pins = {name: pin}
        self._settle = settle
        self._folder = folder

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Take the line and report until stopped.

        Raises:
            DeviceError: the line could not be had, or its chip was lost.
        """
        with inputs(self._chip, self._pins, self._folder) as lines:
            looked_s = time.monotonic()
            ignition = Settling(self._settle, looked_s, level=lines.levels()[self._name])
            emit(DeviceUp(self._name))
            told = _source(ignition)
            emit(PowerChanged(self._name, told))
            while not stop.is_set():
                for _, level, at_s in lines.edges(_READ_S):
                    ignition.level(at_s, level=level)
                now_s = time.monotonic()
                if now_s - looked_s > _LOOK_S:
                    looked_s = now_s
                    ignition.level(now_s, level=lines.levels()[self._name])
                ignition.tick(now_s)
                if (source := _source(ignition)) is not told:
                    told = source
                    emit(PowerChanged(self._name, told))


def _source(ignition: Settling) -> PowerSource:
    return PowerSource.EXTERNAL if ignition.counts else PowerSource.BATTERY

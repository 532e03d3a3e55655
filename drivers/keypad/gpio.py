"""A pad of four keys on lines of a GPIO chip. Adapter (GPIO)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from drivers.gpio.lines import DEV, inputs
from drivers.interface import DeviceUp
from drivers.keypad.presses import Presses, Timing

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from pathlib import Path

    from drivers.driver import Emit
    from drivers.gpio.pin import Pin
    from drivers.interface import DeviceName
    from drivers.news import Key

# How soon a stopped driver lets go of its lines; a key is reported at once whatever this is.
_READ_S = 0.1
# How soon a chip that went away without a word is missed, and an edge that nobody told of.
_LOOK_S = 0.25


class GpioKeypad:
    """Reports keys that hang on lines of a chip, usually between the line and ground: active low, pulled up."""

    def __init__(
        self,
        name: DeviceName,
        chip: str,
        pins: Mapping[Key, Pin],
        timing: Timing = Timing(),  # noqa: B008  (frozen)
        folder: Path = DEV,
    ) -> None:
        self._name = name
        self._chip = chip
        self._pins = pins
        self._timing = timing
        self._folder = folder

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Take the lines and report their keys until stopped.

        Raises:
            DeviceError: the lines could not be had, or their chip was lost.
        """
        with inputs(self._chip, self._pins, self._folder) as lines:
            looked_s = time.monotonic()
            down = [key for key, level in lines.levels().items() if level]
            presses = Presses(self._name, self._timing, down, looked_s)
            emit(DeviceUp(self._name))
            try:
                while not stop.is_set():
                    wait_s = presses.wait_s(time.monotonic())
                    changes = lines.edges(_READ_S if wait_s is None else min(_READ_S, wait_s))
                    if time.monotonic() - looked_s > _LOOK_S:
                        looked_s = time.monotonic()
                        changes += [(key, level, looked_s) for key, level in lines.levels().items()]
                    events = [event for key, down, at_s in changes for event in presses.level(key, at_s, down=down)]
                    for event in events + presses.tick(time.monotonic()):
                        emit(event)
            finally:
                for event in presses.lost():
                    emit(event)

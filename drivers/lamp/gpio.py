"""The status lamp on lines of a GPIO chip. Adapter (GPIO)."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from drivers.gpio.lines import DEV, outputs
from drivers.interface import DeviceError, DeviceUp, Fault
from drivers.lamp.pattern import PATTERNS, Colour, Signal, lit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from drivers.driver import Emit
    from drivers.gpio.pin import Pin
    from drivers.interface import DeviceName

# How soon a stopped driver lets go of its lines, and how soon a chip that went away is missed.
_LOOK_S = 0.25


class GpioLamp:
    """Shows signals; what was to be shown while its chip was away is shown when it is back."""

    def __init__(self, name: DeviceName, chip: str, pins: Mapping[Colour, Pin], folder: Path = DEV) -> None:
        self._name = name
        self._chip = chip
        self._pins = dict(pins)
        self._folder = folder
        self._showing = (Signal.OFF, 0.0)  # since when, monotonic; replaced whole
        self._changed = threading.Event()

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def show(self, signal: Signal) -> None:
        """Show a signal from now on. Never waits; any thread may call it."""
        if signal is not self._showing[0]:
            self._showing = (signal, time.monotonic())
            self._changed.set()

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Take the lines and light them until stopped, which puts the lamp out.

        Raises:
            DeviceError: the lines could not be had, or their chip was lost.
        """
        with outputs(self._chip, self._pins, self._folder) as lines:
            emit(DeviceUp(self._name))
            while not stop.is_set():
                self._changed.clear()
                signal, since_s = self._showing
                colours, for_s = lit(PATTERNS[signal], time.monotonic() - since_s)
                wanted = self._wanted(colours)
                lines.set(wanted)
                if lines.levels() != wanted:
                    raise DeviceError(Fault.BROKEN, f"lamp on chip {self._chip!r}: a line does not follow")
                self._changed.wait(min(for_s, _LOOK_S))
            lines.set(self._wanted(frozenset()))

    def _wanted(self, colours: frozenset[Colour]) -> dict[Colour, bool]:
        if len(self._pins) == 1:  # one colour, lit for all
            return dict.fromkeys(self._pins, bool(colours))
        return {colour: colour in colours for colour in self._pins}

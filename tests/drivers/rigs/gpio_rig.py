"""What hangs on a GPIO chip, for the promises of every driver: the real libgpiod on a simulated chip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.gpio import lines
from drivers.gpio.pin import Active, Pin, Pull
from drivers.keypad.gpio import GpioKeypad
from drivers.lamp.gpio import GpioLamp
from drivers.lamp.pattern import Colour, Signal
from drivers.news import Key, KeyPressed, KeyReleased, PowerChanged, PowerSource
from drivers.power.ignition import IgnitionLine
from drivers.power.settling import Settle
from drivers.simulated import gpio_kernel
from drivers.simulated.gpio import SimulatedChip

if TYPE_CHECKING:
    from drivers.interface import DeviceName

LINES = ("ignition", *(colour.name for colour in Colour), *(key.name for key in Key))
KEYS = {key: Pin(key.name, Active.LOW, Pull.UP) for key in Key}
_QUICK = Settle(on_s=0.01, off_s=0.02)
COLOURS = {colour: Pin(colour.name) for colour in Colour}


class _Chip(SimulatedChip):
    """A chip with its pull resistors: a key that nobody pushes is high."""

    def __enter__(self):
        for key in Key:
            self.set(key.name, high=True)
        return super().__enter__()


class GpioRig:
    """The chip's number changes when it is plugged in again; its label stays."""

    def __init__(self, device: DeviceName, folder):
        gpio_kernel.install()
        self._name = device
        self.folder = folder / "dev"
        self.path = self.folder / "gpiochip0"

    def device(self, **how):
        return _Chip(how.pop("path", self.path), LINES, label="board", **how)

    def other(self, path):
        """Another chip, which has no lines of ours."""
        return SimulatedChip(path, ("else",), label="other")

    def hold(self):
        """Hold all its lines, as another program would."""
        return lines.inputs("board", {name: Pin(name) for name in LINES}, self.folder)


class GpioKeypadRig(GpioRig):
    """Keys between their lines and ground."""

    def driver(self, **settings):
        return GpioKeypad(self._name, "board", KEYS, folder=self.folder, **settings)

    def use(self, _driver, chip, news):
        """Do with it what people do, and see that it works."""
        before = len(news.events)
        chip.set("NEXT", high=False)
        news.wait_until(lambda events: KeyPressed(self._name, Key.NEXT) in events[before:])
        chip.set("NEXT", high=True)
        news.wait_until(lambda events: KeyReleased(self._name, Key.NEXT) in events[before:])


class GpioLampRig(GpioRig):
    """A lamp of three colours."""

    def driver(self, colours=COLOURS):
        return GpioLamp(self._name, "board", colours, folder=self.folder)

    def use(self, driver, chip, _news):
        driver.show(Signal.READY)
        assert chip.wait_for("GREEN", high=True)
        driver.show(Signal.OFF)
        assert chip.wait_for("GREEN", high=False)


class IgnitionLineRig(GpioRig):
    """The ignition, through whatever makes 3 V of 24."""

    def driver(self, settle=_QUICK):
        return IgnitionLine(self._name, "board", Pin("ignition"), settle, self.folder)

    def use(self, _driver, chip, news):
        before = len(news.events)
        chip.set("ignition", high=True)
        news.wait_until(lambda events: PowerChanged(self._name, PowerSource.EXTERNAL) in events[before:])
        chip.set("ignition", high=False)
        news.wait_until(lambda events: events[-1] == PowerChanged(self._name, PowerSource.BATTERY))

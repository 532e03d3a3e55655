"""Pads of four keys for the promises of every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.keypad.hid import HidKeypad
from drivers.news import Key, KeyReleased
from drivers.simulated.keypad import SimulatedKeypad

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class HidKeypadRig:
    """The link by which a pad is found stays the same when it is unplugged."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self.path = folder / "keypad"

    def driver(self, **settings):
        return HidKeypad(self._name, str(self.path), **settings)

    def device(self):
        return SimulatedKeypad(self.path)

    def use(self, _driver, keypad, news):
        """Do with it what people do, and see that it works."""
        before = len(news.events)
        keypad.tap(Key.NEXT)
        news.wait_until(lambda events: KeyReleased(self._name, Key.NEXT) in events[before:])

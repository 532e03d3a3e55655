"""A scanner that pretends to be a keyboard, for the promises of every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.scanner.hid import HidScanner
from drivers.simulated.hid_scanner import SimulatedHidScanner

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class HidScannerRig:
    """The path by which its device is found stays the same when it is unplugged."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self.link = folder / "event-kbd"

    def driver(self):
        return HidScanner(self._name, str(self.link))

    def device(self):
        return SimulatedHidScanner(self.link)

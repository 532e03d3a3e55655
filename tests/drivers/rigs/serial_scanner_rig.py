"""A serial scanner for the promises of every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.scanner.serial_port import SerialScanner
from drivers.simulated.scanner import SimulatedScanner

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class SerialScannerRig:
    """The link by which its port is found stays the same when it is unplugged."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self.link = folder / "scanner"

    def driver(self):
        return SerialScanner(self._name, str(self.link), 9600)

    def device(self):
        return SimulatedScanner(self.link)

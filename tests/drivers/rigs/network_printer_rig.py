"""A network printer for the promises of every driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.printer.connection import Deadlines
from drivers.printer.layout import Paper
from drivers.printer.network import NetworkPrinter
from drivers.simulated.printer import SimulatedPrinter

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class NetworkPrinterRig:
    """Its address stays the same when it is unplugged."""

    def __init__(self, device: DeviceName, _folder):
        self._name = device
        with SimulatedPrinter() as printer:
            self.port = printer.port

    def driver(self):
        return NetworkPrinter(self._name, "127.0.0.1", self.port, Paper.MM_80, Deadlines(look_s=0.05))

    def device(self):
        return SimulatedPrinter(port=self.port)

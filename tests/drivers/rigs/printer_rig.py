"""Receipt printers for the promises of every driver: on the network, and behind a device file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from drivers.printer import opening
from drivers.printer.conversation import Deadlines
from drivers.printer.receipt_printer import ReceiptPrinter, Settings
from drivers.simulated.printer import SimulatedPortPrinter, SimulatedPrinter

if TYPE_CHECKING:
    from drivers.interface import DeviceName

_QUICK = Settings(deadlines=Deadlines(look_s=0.05))


class NetworkPrinterRig:
    """Its address stays the same when it is unplugged."""

    def __init__(self, device: DeviceName, _folder):
        with SimulatedPrinter() as printer:
            self.device = partial(SimulatedPrinter, port=printer.port)
        self._name, self._way = device, opening.over_network("127.0.0.1", printer.port, connect_s=1)

    def driver(self, settings=_QUICK):
        return ReceiptPrinter(self._name, self._way, settings)


class SerialPrinterRig:
    """The link by which its port is found stays the same when it is unplugged."""

    def __init__(self, device: DeviceName, folder):
        self._name, self._way = device, opening.over_serial(folder / "printer", 38_400)
        self.device = partial(SimulatedPortPrinter, folder / "printer")

    def driver(self, settings=_QUICK):
        return ReceiptPrinter(self._name, self._way, settings)


class UsbPrinterRig:
    """A pseudo-terminal stands in for the kernel's /dev/usb/lp0: both are character devices that poll."""

    def __init__(self, device: DeviceName, folder):
        self._name, self._way = device, opening.over_usb(folder / "lp0")
        self.device = partial(SimulatedPortPrinter, folder / "lp0")

    def driver(self, settings=_QUICK):
        return ReceiptPrinter(self._name, self._way, settings)

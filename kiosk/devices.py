"""The devices of a kiosk: from its configuration to the journeys' events. Adapter (printer, scanner)."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import structlog

from drivers.interface import DeviceDown, DeviceName, DeviceUp
from drivers.news import DeviceEvent, NotPrinted, Printed, PrintUnknown, Scanned
from drivers.printer import opening
from drivers.printer.conversation import Deadlines
from drivers.printer.journal import Journal
from drivers.printer.laid import Paper
from drivers.printer.receipt_printer import PrintJob, ReceiptPrinter, Settings
from drivers.scanner.serial_port import SerialScanner
from drivers.supervisor import Supervisor
from kiosk.journeys import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.model import DeviceConfig, PrinterSettings
    from drivers.interface import Driver
    from drivers.printer.elements import Receipt

_log = structlog.get_logger(__name__)


class Devices:
    """What the configuration names, each in a thread of its own; their news goes to `post`."""

    def __init__(self, config: DeviceConfig, post: Callable[[ev.Event], None]) -> None:
        self._post = post
        # Which of them serve; replaced whole, so that any thread may look.
        self.serving: frozenset[str] = frozenset()
        self._printer = _printer(config.printer, config.device.state_dir / "printer.json") if config.printer else None
        drivers: list[Driver] = [self._printer] if self._printer else []
        if config.scanner:
            drivers.append(SerialScanner(DeviceName("scanner"), str(config.scanner.port), config.scanner.baud))
        self._supervisor = Supervisor(drivers, self._tell)

    def start(self) -> None:
        """Begin to open the devices."""
        self._supervisor.start()

    def stop(self) -> None:
        """Close the devices."""
        self._supervisor.stop()

    def submit(self, job: int, receipt: Receipt) -> None:
        """Print a receipt; `Printed` or `NotPrinted` answers, at once where there is no printer."""
        if self._printer is None:
            self._post(ev.NotPrinted(job, None))
        else:
            self._printer.submit(PrintJob(job, receipt))

    def _tell(self, event: DeviceEvent) -> None:
        match event:
            case Printed(_, job):
                self._post(ev.Printed(job))
            case NotPrinted(_, job, fault):
                self._post(ev.NotPrinted(job, fault))
            case PrintUnknown(_, job, fault):
                self._post(ev.PrintUnknown(job, fault))
            case Scanned(_, code):
                self._post(ev.Scanned(code))
            case DeviceUp(device, _):
                self.serving |= {device}
                self._post(ev.DeviceChanged(str(device), None))
                _log.info("device up", device=device)
            case DeviceDown(device, fault):
                self.serving -= {device}
                self._post(ev.DeviceChanged(str(device), fault))
                _log.warning("device down", device=device, fault=fault.name)
            case _:
                assert_never(event)


def _printer(settings: PrinterSettings, journal: Path) -> ReceiptPrinter:
    way = opening.over_network(settings.host, settings.port, Deadlines().connect_s)
    return ReceiptPrinter(DeviceName("printer"), way, Settings(Paper(settings.paper_mm)), Journal(journal))

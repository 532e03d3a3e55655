"""The devices of a kiosk: from its configuration to the journeys' events. Adapter (drivers, a file in memory).

A driver is imported when its device is configured, and not before: each brings libraries that are slow to load.
"""

# ruff: noqa: PLC0415  (see above)

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, assert_never

import structlog

from drivers import report
from drivers.hotplug import Hotplug
from drivers.interface import DeviceDown, DeviceName, DeviceUp
from drivers.news import (
    BadgeShown,
    CardRefused,
    CardTaken,
    CitizenCardShown,
    DeviceEvent,
    JackChanged,
    KeyHeld,
    KeyPressed,
    KeyReleased,
    NotPrinted,
    NotSaid,
    PageScanned,
    PinAsked,
    PowerChanged,
    Printed,
    PrintUnknown,
    Said,
    ScanEnded,
    ScanFailed,
    Scanned,
    ScanProgress,
)
from drivers.supervisor import Supervisor
from kiosk.journeys import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from config.model import (
        BadgeSettings,
        DeviceConfig,
        DocumentScannerSettings,
        PrinterSettings,
        ReaderSettings,
        ScannerSettings,
    )
    from drivers.document.scanner import DocumentScanner
    from drivers.interface import Driver
    from drivers.printer.elements import Receipt
    from drivers.printer.lines import Line
    from drivers.printer.queue_printer import QueuePrinter
    from drivers.printer.receipt_printer import ReceiptPrinter
    from drivers.reader.pcsc import CardReader
    from drivers.scanner.hid import HidScanner
    from drivers.scanner.serial_port import SerialScanner

_log = structlog.get_logger(__name__)

PRINTER = DeviceName("printer")
SCANNER = DeviceName("scanner")
READER = DeviceName("reader")
DOCUMENT_SCANNER = DeviceName("document-scanner")


class Devices:
    """What the configuration names, each in a thread of its own; their news goes to `post`."""

    def __init__(self, config: DeviceConfig, post: Callable[[ev.Event], None]) -> None:
        self._post = post
        self._run_dir = config.device.run_dir
        self._writing = threading.Lock()
        # Which of them serve; replaced whole, so that any thread may look.
        self.serving: frozenset[str] = frozenset()
        self._printer = printer(config.printer, config.device.state_dir / "printer.json") if config.printer else None
        drivers: list[Driver] = [self._printer] if self._printer else []
        if config.scanner:
            drivers.append(scanner(config.scanner))
        if config.reader:
            drivers.append(reader(config.reader, config.badges))
        if config.document_scanner:
            drivers.append(document_scanner(config.document_scanner))
        self._supervisor = Supervisor(drivers, self._tell)
        self._hotplug = Hotplug(self._supervisor.look_again)

    def start(self) -> None:
        """Begin to open the devices."""
        self._supervisor.start()
        self._hotplug.start()

    def stop(self) -> None:
        """Close the devices."""
        self._hotplug.stop()
        self._supervisor.stop()

    def submit(self, job: int, receipt: Receipt) -> None:
        """Print a receipt; `Printed`, `NotPrinted` or `PrintUnknown` answers, at once where there is no printer."""
        if self._printer is None:
            self._post(ev.NotPrinted(job, None))
            return
        from drivers.printer.receipt_printer import PrintJob

        self._printer.submit(PrintJob(job, receipt))

    def report(self) -> None:
        """Write how the devices stand, for `guichet devices`."""
        with self._writing:
            try:
                report.write(self._run_dir, self._supervisor.standings)
            except OSError as error:
                _log.warning("report of the devices cannot be written", reason=error.strerror)

    def _tell(self, event: DeviceEvent) -> None:  # noqa: C901  (one table of all news)
        match event:
            case Printed(_, job):
                self._post(ev.Printed(job))
            case NotPrinted(_, job, fault):
                self._post(ev.NotPrinted(job, fault))
            case PrintUnknown(_, job, fault):
                self._post(ev.PrintUnknown(job, fault))
            case Scanned(_, code):
                self._post(ev.Scanned(code))
            case DeviceUp(device, caution):
                self.serving |= {device}
                self._post(ev.DeviceChanged(str(device), None))
                _log.info("device up", device=device, caution=caution.name if caution else None)
                self.report()
            case DeviceDown(device, fault):
                self.serving -= {device}
                self._post(ev.DeviceChanged(str(device), fault))
                _log.warning("device down", device=device, fault=fault.name)
                self.report()
            case CitizenCardShown():
                self._post(ev.CitizenCardShown())
            case ScanProgress() | PageScanned() | ScanEnded() | ScanFailed():
                _log.info("document scanner", what=type(event).__name__, job=event.job_id)
            case BadgeShown(device) | PinAsked(device) | CardRefused(device) | CardTaken(device):
                _log.info("card", device=device, what=type(event).__name__)
            case PowerChanged() | JackChanged() | Said() | NotSaid():
                _log.info("not shown yet", device=event.device, news=type(event).__name__)
            case KeyPressed() | KeyHeld() | KeyReleased():
                pass  # not even counted: what a citizen's keys do is nobody's
            case _:
                assert_never(event)


def printer(
    settings: PrinterSettings, journal: Path | None = None, way: Callable[[], Line] | None = None
) -> ReceiptPrinter | QueuePrinter:
    """Return the driver of a receipt printer, with its journal in a file or in memory alone.

    `way` opens the line to it, where that is not simply the one of the settings.
    """
    from drivers.printer.job import OnFault
    from drivers.printer.journal import Journal
    from drivers.printer.laid import Paper
    from drivers.printer.profile import PROFILES
    from drivers.printer.receipt_printer import ReceiptPrinter, Settings

    on_fault = OnFault[settings.on_fault.replace("-", "_").upper()]
    how = Settings(Paper(settings.paper_mm), PROFILES[settings.profile], on_fault)
    if settings.queue:
        from drivers.printer.queue_printer import QueuePrinter

        return QueuePrinter(PRINTER, settings.queue, how)
    return ReceiptPrinter(PRINTER, way or way_to(settings), how, Journal(journal))


def way_to(settings: PrinterSettings) -> Callable[[], Line]:
    """Return the way to a receipt printer."""
    from drivers.printer import opening
    from drivers.printer.conversation import Deadlines

    if settings.device is None:
        return opening.over_network(settings.host, settings.port, Deadlines().connect_s)
    if settings.baud is not None:
        return opening.over_serial(settings.device, settings.baud)
    return opening.over_usb(settings.device)


def scanner(settings: ScannerSettings) -> SerialScanner | HidScanner:
    """Return the driver of a code scanner."""
    from drivers.scanner.framing import Ending, Framing
    from drivers.scanner.hid import HidScanner
    from drivers.scanner.layouts import Layout
    from drivers.scanner.place import UsbId
    from drivers.scanner.serial_port import SerialScanner, SerialSettings

    framing = Framing(Ending[settings.ending.upper()], aim=settings.aim)
    vendor, _, rest = settings.usb.partition(":")
    product, _, serial = rest.partition(":")
    at = UsbId(int(vendor, 16), int(product, 16), serial or None) if settings.usb else str(settings.port)
    if settings.keyboard:
        return HidScanner(SCANNER, at, {"fr": Layout.FRENCH, "us": Layout.US}[settings.keyboard], framing)
    return SerialScanner(SCANNER, at, settings.baud, SerialSettings(framing))


def reader(settings: ReaderSettings, badges: Sequence[BadgeSettings]) -> CardReader:
    """Return the driver of a card reader, which believes those badges."""
    from drivers.reader.badge import Badge, badge_key
    from drivers.reader.pcsc import CardReader

    return CardReader(READER, [Badge(each.agent, badge_key(each.key)) for each in badges], settings.name)


def document_scanner(settings: DocumentScannerSettings) -> DocumentScanner:
    """Return the driver of a document scanner."""
    from drivers.document.scanner import DocumentScanner

    return DocumentScanner(DOCUMENT_SCANNER, settings.device)

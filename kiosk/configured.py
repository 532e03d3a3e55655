"""The driver of each configured device. Adapter (drivers).

A driver is imported when its device is configured, and not before: each brings libraries that are slow to load.
"""

# ruff: noqa: PLC0415  (see above)

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.interface import DeviceName
from kiosk.journeys import state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from config.around import Active, CameraSettings, KeypadSettings, LampSettings, PowerSettings, Pull, SoundSettings
    from config.model import (
        BadgeSettings,
        DeviceConfig,
        DocumentScannerSettings,
        PrinterSettings,
        ReaderSettings,
        ScannerSettings,
    )
    from drivers.document.scanner import DocumentScanner
    from drivers.driver import Driver
    from drivers.gpio.pin import Pin
    from drivers.keypad.gpio import GpioKeypad
    from drivers.keypad.hid import HidKeypad
    from drivers.lamp.gpio import GpioLamp
    from drivers.printer.lines import Line
    from drivers.printer.queue_printer import QueuePrinter
    from drivers.printer.receipt_printer import ReceiptPrinter
    from drivers.reader.pcsc import CardReader
    from drivers.scanner.camera import CameraScanner
    from drivers.scanner.hid import HidScanner
    from drivers.scanner.serial_port import SerialScanner
    from drivers.sound.jack import HeadphoneSocket
    from drivers.sound.speaker import Speaker

PRINTER = DeviceName("printer")
SCANNER = DeviceName("scanner")
CAMERA = DeviceName("camera")
READER = DeviceName("reader")
DOCUMENT_SCANNER = DeviceName("document-scanner")
SPEAKER = DeviceName(state.SPEAKER)
HEADPHONES = DeviceName(state.HEADPHONES)
KEYPAD = DeviceName("keypad")
LAMP = DeviceName("lamp")
POWER = DeviceName("power")
IGNITION = DeviceName("ignition")


def is_any(config: DeviceConfig) -> bool:
    """Return whether there is any device to drive."""
    tables = (
        config.printer,
        config.scanner,
        config.camera,
        config.reader,
        config.document_scanner,
        config.sound,
        config.keypad,
        config.lamp,
        config.power,
    )
    return any(table is not None for table in tables)


def reporting(config: DeviceConfig) -> list[Driver]:
    """Return the drivers of the devices that report by themselves and are told nothing."""
    drivers: list[Driver] = []
    if config.camera:
        drivers.append(camera(config.camera))
    if config.reader:
        drivers.append(reader(config.reader, config.badges))
    if config.document_scanner:
        drivers.append(document_scanner(config.document_scanner))
    if config.keypad:
        drivers.append(keypad(config.keypad))
    return [*drivers, *(power(config.power) if config.power else ())]


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
    from drivers.scanner.model import Make
    from drivers.scanner.place import UsbId
    from drivers.scanner.serial_port import SerialScanner, SerialSettings

    ending = Ending[settings.ending.upper()]
    framing = Framing(ending, settings.prefix.encode(), settings.suffix.encode(), aim=settings.aim)
    vendor, _, rest = settings.usb.partition(":")
    product, _, serial = rest.partition(":")
    at = UsbId(int(vendor, 16), int(product, 16), serial or None) if settings.usb else str(settings.port)
    if settings.keyboard:
        layout = {"fr": Layout.FRENCH, "us": Layout.US}[settings.keyboard]
        return HidScanner(SCANNER, at, layout, framing, settings.same_code_s)
    how = SerialSettings(framing, Make[settings.make.upper()], settings.triggered, settings.same_code_s)
    return SerialScanner(SCANNER, at, settings.baud, how)


def camera(settings: CameraSettings) -> CameraScanner:
    """Return the driver of a camera that reads codes."""
    from drivers.scanner.camera import CameraScanner
    from drivers.scanner.camera_child import CameraChild

    return CameraScanner(CAMERA, CameraChild(settings.device).frames)


def reader(
    settings: ReaderSettings,
    badges: Sequence[BadgeSettings],
    exchanged: Callable[[bytes, bytes], None] = lambda _order, _answer: None,
) -> CardReader:
    """Return the driver of a card reader, which believes those badges; `exchanged` hears what is said to them."""
    from drivers.reader.badge import Badge, badge_key
    from drivers.reader.pcsc import CardReader

    believed = [Badge(each.agent, badge_key(each.key)) for each in badges]
    return CardReader(READER, believed, settings.name, exchanged=exchanged)


def document_scanner(settings: DocumentScannerSettings) -> DocumentScanner:
    """Return the driver of a document scanner."""
    from drivers.document.scanner import DocumentScanner

    return DocumentScanner(DOCUMENT_SCANNER, settings.device)


def sound(settings: SoundSettings) -> tuple[Speaker, HeadphoneSocket | None]:
    """Return the driver of the one output, and that of its headphone socket, if it has one."""
    from drivers.sound.jack import HeadphoneSocket
    from drivers.sound.loudness import Loudness
    from drivers.sound.player import Player
    from drivers.sound.speaker import Settings, Speaker

    player = Player(settings.device)
    how = Settings(Loudness(settings.full_scale_db, settings.usual_db))
    if not settings.headphones:
        return Speaker(SPEAKER, player, settings=how), None
    socket = HeadphoneSocket(HEADPHONES, settings.headphones)
    return Speaker(SPEAKER, player, lambda: socket.jack, how), socket


def keypad(settings: KeypadSettings) -> HidKeypad | GpioKeypad:
    """Return the driver of the pad of four keys."""
    if settings.path:
        from drivers.keypad.hid import HidKeypad

        return HidKeypad(KEYPAD, settings.path)
    from drivers.keypad.gpio import GpioKeypad
    from drivers.news import Key

    pins = {Key[key.upper()]: _pin(line, settings.active, settings.pull) for key, line in settings.lines.items()}
    return GpioKeypad(KEYPAD, settings.chip, pins)


def lamp(settings: LampSettings) -> GpioLamp:
    """Return the driver of the status lamp."""
    from drivers.lamp.gpio import GpioLamp
    from drivers.lamp.pattern import Colour

    pins = {Colour[colour.upper()]: _pin(line, settings.active) for colour, line in settings.lines.items()}
    return GpioLamp(LAMP, settings.chip, pins)


def power(settings: PowerSettings) -> list[Driver]:
    """Return the drivers that tell what feeds the device."""
    drivers: list[Driver] = []
    if settings.supplies:
        from drivers.power.ups import PowerSupplies

        drivers.append(PowerSupplies(POWER, settings.supplies, settings.low_percent))
    if settings.ignition_chip:
        from drivers.power.ignition import IgnitionLine

        pin = _pin(settings.ignition, settings.ignition_active)
        drivers.append(IgnitionLine(IGNITION, settings.ignition_chip, pin))
    return drivers


def _pin(line: str, active: Active, pull: Pull = "as-is") -> Pin:
    from drivers.gpio.pin import Active as Voltage
    from drivers.gpio.pin import Pin
    from drivers.gpio.pin import Pull as Resistor

    return Pin(line, Voltage[active.upper()], Resistor[pull.replace("-", "_").upper()])

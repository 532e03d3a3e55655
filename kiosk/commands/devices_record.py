"""`guichet devices record`: what goes over a device's wire, without its content, for whoever mends a driver."""

from __future__ import annotations

import os
import time
from pathlib import Path  # noqa: TC003  (typer reads the annotations at run time)
from typing import TYPE_CHECKING, Annotated

import typer

from config import store
from drivers import recording
from drivers.interface import DeviceError
from drivers.news import Key
from drivers.scanner.keys import KEY_X, SIGNS
from kiosk.commands.trying import SITE, Config, TryError, Trying

if TYPE_CHECKING:
    from collections.abc import Container

    from config.model import DeviceConfig
    from drivers.recording import Step

_READ_S = 0.2


def record(
    device: Annotated[str, typer.Argument(help="printer, scanner, reader, keypad or document-scanner")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the recording goes (lines of JSON).")],
    config: Config = SITE,
    patience_s: Annotated[float, typer.Option("--for", help="Seconds to record.")] = 30.0,
) -> None:
    """Record a device's traffic without its content: a test paper, codes, keys, a badge, a page."""
    settings = store.load(config)
    match device:
        case "printer":
            steps = _printer(settings, patience_s)
        case "scanner":
            steps = _scanner(settings, patience_s)
        case "reader":
            steps = _reader(settings, patience_s)
        case "keypad":
            steps = _keypad(settings, patience_s)
        case "document-scanner":
            steps = _document_scanner(settings, patience_s)
        case _:
            raise TryError(f"{device!r} cannot be recorded: printer, scanner, reader, keypad or document-scanner")
    try:
        out.write_bytes(recording.encode(steps))
    except OSError as error:
        raise TryError(f"the recording cannot be written to {str(out)!r}: {error.strerror}") from error
    typer.echo(f"recorded {len(steps)} steps; what was printed or read is not in them")


def _printer(settings: DeviceConfig, patience_s: float) -> list[Step]:
    from drivers.news import NotPrinted, Printed, PrintUnknown  # noqa: PLC0415  (late: drivers are slow to import)
    from drivers.printer.lines.recorded import RecordingLine  # noqa: PLC0415  (as above)
    from drivers.printer.receipt_printer import PrintJob  # noqa: PLC0415  (as above)
    from kiosk import configured  # noqa: PLC0415  (as above)
    from kiosk.trial_paper import trial_paper  # noqa: PLC0415  (as above)

    if settings.printer is None:
        raise TryError("no printer is configured")
    if settings.printer.queue:
        raise TryError("what goes to a queue is CUPS' own: nothing of it can be recorded here")
    steps: list[Step] = []
    begun_s = time.monotonic()
    way = configured.way_to(settings.printer)
    driver = configured.printer(settings.printer, way=lambda: RecordingLine(way(), steps, begun_s))
    with Trying(driver, "printer") as trying:
        trying.until_up(patience_s)
        driver.submit(PrintJob(1, trial_paper(settings.printer.profile, settings.printer.paper_mm)))
        trying.next_of(Printed | NotPrinted | PrintUnknown, patience_s)
    return steps


def _scanner(settings: DeviceConfig, patience_s: float) -> list[Step]:
    import serial  # noqa: PLC0415  (late: as above)

    if settings.scanner is None:
        raise TryError("no scanner is configured")
    if settings.scanner.port is None:
        raise TryError("only a scanner named by `scanner.port` can be recorded")
    if settings.scanner.keyboard:
        typer.echo(f"hold codes before the scanner, for {patience_s:.0f} s")
        return _typed(str(settings.scanner.port), SIGNS, KEY_X, patience_s)
    steps: list[Step] = []
    begun_s = time.monotonic()
    try:
        with serial.Serial(str(settings.scanner.port), settings.scanner.baud, timeout=_READ_S, exclusive=True) as line:
            typer.echo(f"hold codes before the scanner, for {patience_s:.0f} s")
            while (at_s := time.monotonic() - begun_s) < patience_s:
                data = line.read(1) + line.read(line.in_waiting)
                if data:
                    steps.append(recording.read(round(at_s * 1000), data))
    except (OSError, ValueError) as error:
        raise TryError(f"the scanner cannot be read: {error}") from error
    return steps


def _keypad(settings: DeviceConfig, patience_s: float) -> list[Step]:
    from drivers.keypad.hid import USUAL_CODES  # noqa: PLC0415  (late: as above)

    if settings.keypad is None or not settings.keypad.path:
        raise TryError("only a keypad that types, named by `keypad.path`, can be recorded")
    typer.echo(f"press the keys, for {patience_s:.0f} s: which of them it was is not kept")
    return _typed(settings.keypad.path, (), USUAL_CODES[Key.NEXT], patience_s)


def _typed(where: str, kept: Container[int], instead: int, patience_s: float) -> list[Step]:
    """Return what an input device says, without which keys it was."""
    from drivers.event_device.node import EventNode  # noqa: PLC0415  (late: as above)
    from drivers.event_device.place import node_path  # noqa: PLC0415  (as above)

    steps: list[Step] = []
    begun_s = time.monotonic()

    def read(fd: int, most_bytes: int) -> bytes:
        data = os.read(fd, most_bytes)
        if data:
            steps.append(recording.typed(round((time.monotonic() - begun_s) * 1000), data, kept, instead))
        return data

    try:
        with EventNode(node_path(where), read) as node:
            while time.monotonic() - begun_s < patience_s:
                node.read(_READ_S)
    except DeviceError as error:
        raise TryError(f"it cannot be read: {error}") from error
    return steps


def _reader(settings: DeviceConfig, patience_s: float) -> list[Step]:
    from drivers.news import BadgeShown, CardRefused, CitizenCardShown, PinAsked  # noqa: PLC0415  (late: as above)
    from drivers.reader import recorded  # noqa: PLC0415  (as above)
    from kiosk import configured  # noqa: PLC0415  (as above)

    if settings.reader is None:
        raise TryError("no reader is configured")
    steps: list[Step] = []
    begun_s = time.monotonic()

    def exchanged(order: bytes, answer: bytes) -> None:
        steps.extend(recorded.exchange(round((time.monotonic() - begun_s) * 1000), order, answer))

    with Trying(configured.reader(settings.reader, settings.badges, exchanged), "reader") as trying:
        trying.until_up(patience_s)
        typer.echo("put a badge into the reader; of any other card nothing is read")
        trying.next_of(BadgeShown | PinAsked | CardRefused | CitizenCardShown, patience_s)
    return steps


def _document_scanner(settings: DeviceConfig, patience_s: float) -> list[Step]:
    from drivers.document import options, orders, recorded, scanimage  # noqa: PLC0415  (late: as above)
    from drivers.document.pages import PageFolder  # noqa: PLC0415  (as above)

    if settings.document_scanner is None:
        raise TryError("no document scanner is configured")
    device = settings.document_scanner.device
    begun_s = time.monotonic()
    try:
        folder = PageFolder(settings.device.run_dir)
    except DeviceError as error:
        raise TryError(str(error)) from error
    steps: list[Step] = []
    try:
        order = scanimage.asking(device)
        came, ended = _followed(order, folder.path, begun_s, patience_s)
        steps += [recorded.asked(0, order, device), *recorded.listed(came, device), ended]
        can = options.parse(b"".join(out for _, out, _ in came).decode(errors="replace"))
        if not can:
            return steps  # why is what it said
        order = scanimage.scanning(device, orders.orders(can), most_pages=1)
        begun_at_ms = round((time.monotonic() - begun_s) * 1000)
        came, ended = _followed(order, folder.path, begun_s, patience_s)
        steps += [recorded.asked(begun_at_ms, order, device), *recorded.scanned(came, device), ended]
    except DeviceError as error:
        raise TryError(f"the document scanner cannot be recorded: {error}") from error
    finally:
        folder.wipe()
    return steps


def _followed(
    order: list[str], folder: Path, begun_s: float, patience_s: float
) -> tuple[list[tuple[int, bytes, bytes]], Step]:
    """Return what a child says on both channels, by when, and how it ends."""
    from drivers.document import recorded  # noqa: PLC0415  (late: as above)
    from drivers.document.child import Child  # noqa: PLC0415  (as above)

    came: list[tuple[int, bytes, bytes]] = []
    with Child(order, folder) as child:
        while not child.ended and time.monotonic() - begun_s < patience_s:
            out, err = child.read(_READ_S)
            came.append((round((time.monotonic() - begun_s) * 1000), out, err))
        return came, recorded.ended(round((time.monotonic() - begun_s) * 1000), child.exit_code)

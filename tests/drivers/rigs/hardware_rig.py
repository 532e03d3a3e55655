"""Real devices for the promises of every driver; a person, or a hub with switched sockets, plugs them in and out."""

from __future__ import annotations

import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config import store
from drivers.document.scanner import DocumentScanner
from drivers.keypad.hid import HidKeypad
from drivers.printer import opening
from drivers.printer.receipt_printer import ReceiptPrinter
from drivers.reader.pcsc import CardReader
from drivers.scanner.serial_port import SerialScanner
from kiosk import configured

if TYPE_CHECKING:
    from collections.abc import Callable


class HardwareRig:
    """One device, as `--hardware DEVICE=WHERE` names it; WHERE may be a site.toml with all that it must be told."""

    # Each is a walk to the device and back; a hub's switch does not mind.
    replugs = 3

    def __init__(self, device, _folder, *, kind: str, where: str, plug: Callable[[str, str], None]):
        self._device, self._kind, self._where, self._plug = device, kind, where, plug

    def driver(self):
        driver = self._configured() if self._where.endswith(".toml") else self._by_place()
        driver._name = self._device
        return driver

    def _configured(self):
        config = store.load(Path(self._where))
        match self._kind:
            case "scanner":
                return configured.scanner(config.scanner)
            case "printer":
                return configured.printer(config.printer)
            case "reader":
                return configured.reader(config.reader, config.badges)
            case "document-scanner":
                return configured.document_scanner(config.document_scanner)
            case "keypad":
                return configured.keypad(config.keypad)
        raise ValueError(f"no such device: {self._kind!r}")

    def _by_place(self):
        match self._kind:
            case "scanner":
                return SerialScanner(self._device, self._where, 9600)
            case "keypad":
                return HidKeypad(self._device, self._where)
            case "printer" if self._where.startswith("/"):
                return ReceiptPrinter(self._device, opening.over_usb(Path(self._where)))
            case "printer":
                host, _, port = self._where.partition(":")
                return ReceiptPrinter(self._device, opening.over_network(host, int(port or 9100), 1.2))
            case "reader":
                return CardReader(self._device, (), self._where)
            case "document-scanner":
                return DocumentScanner(self._device, self._where)
        raise ValueError(f"no such device: {self._kind!r}")

    @contextmanager
    def device(self):
        self._plug("plug in", self._kind)
        try:
            yield self
        finally:
            self._plug("unplug", self._kind)


def by_hand(what: str, kind: str) -> None:
    """Ask a person."""
    sys.stderr.write(f"\n>>> {what} the {kind}, then Enter: ")
    sys.stderr.flush()
    sys.stdin.readline()


def by_command(plug: str, unplug: str) -> Callable[[str, str], None]:
    """Return what runs one of two commands, and waits for its end."""
    commands = {"plug in": shlex.split(plug), "unplug": shlex.split(unplug)}

    def run(what: str, _kind: str) -> None:
        subprocess.run(commands[what], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    return run

"""Real devices for the promises of every driver: a person plugs and unplugs them when asked."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path

from drivers.document.scanner import DocumentScanner
from drivers.printer import opening
from drivers.printer.receipt_printer import ReceiptPrinter
from drivers.reader.pcsc import CardReader
from drivers.scanner.serial_port import SerialScanner


class HardwareRig:
    """One device, as `--hardware DEVICE=WHERE` names it."""

    def __init__(self, device, _folder, *, kind, where):
        self._device, self._kind, self._where = device, kind, where

    def driver(self):
        match self._kind:
            case "scanner":
                return SerialScanner(self._device, self._where, 9600)
            case "printer" if self._where.startswith("/"):
                return ReceiptPrinter(self._device, opening.over_usb(Path(self._where)))
            case "printer":
                host, _, port = self._where.partition(":")
                return ReceiptPrinter(self._device, opening.over_network(host, int(port or 9100), 1.5))
            case "reader":
                return CardReader(self._device, (), self._where)
            case "document-scanner":
                return DocumentScanner(self._device, self._where)
        raise ValueError(f"no such device: {self._kind!r}")

    @contextmanager
    def device(self):
        self._ask("plug in")
        yield self
        self._ask("unplug")

    def _ask(self, what):
        sys.stderr.write(f"\n>>> {what} the {self._kind} ({self._where}), then Enter: ")
        sys.stderr.flush()
        sys.stdin.readline()

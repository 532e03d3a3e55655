"""A document scanner for the promises of every driver: SANE's own test backend, plugged in by its configuration."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.document.scanner import DocumentScanner
from drivers.simulated.document_scanner import DEVICE, SimulatedDocumentScanner

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class DocumentScannerRig:
    """The driver, and the plug of its scanner."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self._scanner = SimulatedDocumentScanner(folder / "sane.d")
        # Read by the child; one of ours at a time in a test's process.
        os.environ["SANE_CONFIG_DIR"] = str(folder / "sane.d")

    def driver(self, *extra):
        return DocumentScanner(self._name, DEVICE, extra, page_s=3.0, look_s=0.3)

    @contextmanager
    def device(self):
        self._scanner.plug()
        yield self
        self._scanner.unplug()

"""A document scanner for the promises of every driver: SANE's own test backend, plugged in by its configuration."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.document.scanner import DocumentScanner
from drivers.simulated.document_scanner import DEVICE, SimulatedDocumentScanner

if TYPE_CHECKING:
    from drivers.interface import DeviceName

# A page takes a quarter of an hour.
SLOW = ("--read-delay=yes", "--read-delay-duration", "200000", "--read-limit=yes", "--read-limit-size", "100")


# What tests of other files have left running in this process is none of ours.
_OTHERS = set()


def children(pid="self"):
    """Return the processes that one has started, this one if no other is named, and that are not gone."""
    found = [child for tasks in Path(f"/proc/{pid}/task").glob("*/children") for child in tasks.read_text().split()]
    return [int(child) for child in found if int(child) not in _OTHERS]


def count_children_from_now():
    """Let those that run already count no more."""
    _OTHERS.update(children())


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

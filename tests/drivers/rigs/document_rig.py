"""A document scanner for the promises of every driver: SANE's own test backend, plugged in by its configuration."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.document.scanner import DocumentScanner

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class DocumentScannerRig:
    """SANE reads its configuration at each start: plugged in, the backend has a second device, ours."""

    def __init__(self, device: DeviceName, folder):
        self._name = device
        self._config = folder / "sane.d"
        self._config.mkdir()
        (self._config / "dll.conf").write_text("test\n")
        self._plug(1)
        # Read by the child; one of ours at a time in a test's process.
        os.environ["SANE_CONFIG_DIR"] = str(self._config)

    def driver(self, *extra):
        return DocumentScanner(self._name, "test:1", extra, page_s=3.0, look_s=0.3)

    @contextmanager
    def device(self):
        self._plug(2)
        yield self
        self._plug(1)

    def _plug(self, devices):
        (self._config / "test.conf").write_text(f"number_of_devices {devices}\n{TEST_CONF}")


TEST_CONF = """\
mode Gray
depth 8
resolution_min 1.0
resolution_max 1200.0
resolution_quant 1.0
resolution 50.0
test-picture "Grid"
geometry_min 0.0
geometry_max 200.0
geometry_quant 1.0
tl_x 0.0
tl_y 0.0
br_x 80.0
br_y 100.0
"""

"""A program that scans a slow page on SANE's test backend for ever: to be killed. `scanning_program.py RUN_DIR`."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from drivers.document.pages import PageStore
from drivers.document.scanner import DocumentScanner, ScanJob
from drivers.interface import DeviceName, DeviceUp
from drivers.news import ScanProgress
from drivers.supervisor import Supervisor
from tests.drivers.rigs.document_rig import SLOW


def main():
    folder = PageStore(Path(sys.argv[1])).begin()
    driver = DocumentScanner(DeviceName("documents"), "test:0", SLOW)
    for_ever = threading.Event()

    def tell(event):
        match event:
            case DeviceUp():
                driver.scan(ScanJob(1, folder))
            case ScanProgress():
                sys.stdout.write("scanning\n")
                sys.stdout.flush()

    Supervisor([driver], tell).start()
    for_ever.wait()


main()

"""Card readers for the promises of every driver: under the real pcscd, which comes and goes with them, or lives on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from drivers.interface import Fault
from drivers.reader.pcsc import CardReader
from drivers.simulated.pcscd import Pcscd, take_lock
from drivers.simulated.usb_readers import UsbReaders

if TYPE_CHECKING:
    from pathlib import Path

    from drivers.interface import DeviceName


class CardReaderRig:
    """Its readers come and go with the daemon."""

    absent = Fault.SERVICE_DOWN

    def __init__(self, device: DeviceName, _folder):
        self._name = device
        self._lock = take_lock()  # held without a daemon, too: another test's would be taken for ours

    def driver(self):
        return CardReader(self._name, ())

    def device(self):
        return Pcscd(lock=self._lock)

    def close(self):
        self._lock.close()


class UsbCardReaderRig:
    """Its reader is plugged in and out."""

    # pcscd looks once more, 0.4 s later, before it lets a reader go: of each slot.
    replugs = 5

    def __init__(self, device: DeviceName, folder: Path):
        self._name = device
        self._readers = UsbReaders(folder, 1)
        self._daemon = Pcscd(usb=self._readers)
        self._daemon.__enter__()

    def driver(self):
        return CardReader(self._name, ())

    @contextmanager
    def device(self):
        self._readers.plug()
        try:
            yield
        finally:
            self._readers.unplug()

    def close(self):
        self._daemon.__exit__()

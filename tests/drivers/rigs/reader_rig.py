"""A card reader for the promises of every driver: the real pcscd, started and killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.interface import Fault
from drivers.reader.pcsc import CardReader
from drivers.simulated.pcscd import Pcscd, take_lock

if TYPE_CHECKING:
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
        return Pcscd(self._lock)

    def close(self):
        self._lock.close()

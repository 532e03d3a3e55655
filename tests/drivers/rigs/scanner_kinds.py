"""Both ways of plugging a scanner in, and the sockets it may be plugged into, for the nasty cases."""

from __future__ import annotations

import os
from contextlib import contextmanager

from drivers.interface import DeviceName
from drivers.scanner.framing import Framing
from drivers.scanner.hid import HidScanner
from drivers.scanner.keys import EV_KEY
from drivers.scanner.place import PluggedIn, UsbId
from drivers.scanner.serial_port import SerialScanner, SerialSettings
from drivers.simulated.hid_scanner import SimulatedHidScanner
from drivers.simulated.scanner import SimulatedScanner

DEVICE = DeviceName("scanner")
KIND = UsbId(0x0C2E, 0x0B61)


class Plugged:
    """The sockets of a machine: what is plugged in is found by its USB id under a path that depends on the socket."""

    def __init__(self, make, folder):
        self._make = make
        self._folder = folder
        self._there = {}

    @contextmanager
    def plug(self, socket, serial_number=None):
        path = self._folder / f"tty{socket}"
        with self._make(path) as scanner:
            self._there[socket] = PluggedIn(str(path), UsbId(KIND.vendor, KIND.product, serial_number), str(socket))
            try:
                yield scanner
            finally:
                del self._there[socket]

    def found(self):
        return list(self._there.values())


class SerialKind:
    """A scanner on a serial line."""

    make = SimulatedScanner
    half = staticmethod(lambda scanner: scanner.send(b"x" * 200))
    noise = staticmethod(lambda scanner: scanner.send(bytes(range(0x80, 0x100)) * 16_000))

    @staticmethod
    def driver(at, found=list, name=DEVICE, framing=None):
        return SerialScanner(name, at, 9600, SerialSettings(framing or Framing()), found)


class HidKind:
    """A scanner that pretends to be a keyboard."""

    make = SimulatedHidScanner
    half = staticmethod(lambda scanner: scanner.press([(EV_KEY, 33, 1)] * 200))
    noise = staticmethod(
        lambda scanner: scanner.send(os.urandom(24) * 1000 + bytes([0] * 16 + [1, 0, 30, 0, 1, 0, 0, 0]) * 80_000)
    )

    @staticmethod
    def driver(at, found=list, name=DEVICE, framing=None):
        return HidScanner(name, at, framing=framing, found=found)

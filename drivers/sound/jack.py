"""The headphone socket. Adapter (/dev/input: ALSA tells of its sockets as switches)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.event_device.node import EventNode
from drivers.event_device.place import node_path
from drivers.event_device.records import DROPPED, EV_SW
from drivers.interface import DeviceUp
from drivers.news import Jack, JackChanged

if TYPE_CHECKING:
    import threading

    from drivers.driver import Emit
    from drivers.interface import DeviceName

SW_HEADPHONE_INSERT = 0x02  # linux/input-event-codes.h
# How soon a stopped driver lets go of the socket; a change is reported at once whatever this is.
_READ_S = 0.1


class HeadphoneSocket:
    """Reports headphones plugged in and out of the socket at `where`, a path or its name.

    `jack` is what is known now: while it does not run, nothing.
    """

    def __init__(self, name: DeviceName, where: str) -> None:
        self._name = name
        self._where = where
        self.jack = Jack.UNKNOWN

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Report until stopped.

        Raises:
            DeviceError: the socket's input device could not be opened, or was lost.
        """
        with EventNode(node_path(self._where)) as node:
            try:
                emit(DeviceUp(self._name))
                self._is(_jack(node.switched_on()), emit)
                while not stop.is_set():
                    for record in node.read(_READ_S):
                        if record == DROPPED:
                            self._is(_jack(node.switched_on()), emit)
                        elif (record.type, record.code) == (EV_SW, SW_HEADPHONE_INSERT):
                            self._is(Jack.HEADPHONES if record.value else Jack.EMPTY, emit)
            finally:
                self.jack = Jack.UNKNOWN  # before anybody is told: what is personal stops now

    def _is(self, jack: Jack, emit: Emit) -> None:
        if jack is not self.jack:
            self.jack = jack
            emit(JackChanged(self._name, jack))


def _jack(switched_on: frozenset[int] | None) -> Jack:
    if switched_on is None:
        return Jack.UNKNOWN
    return Jack.HEADPHONES if SW_HEADPHONE_INSERT in switched_on else Jack.EMPTY

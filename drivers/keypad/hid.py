"""A pad of four keys that types like a keyboard (USB HID). Adapter (/dev/input)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from drivers.event_device.node import EventNode
from drivers.event_device.place import node_path
from drivers.event_device.records import DOWN, DROPPED, EV_KEY, UP
from drivers.interface import DeviceUp
from drivers.keypad.presses import Presses, Timing
from drivers.news import Key

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

    from drivers.driver import Emit
    from drivers.event_device.records import Record
    from drivers.interface import DeviceName
    from drivers.news import DeviceEvent

# linux/input-event-codes.h: KEY_UP, KEY_DOWN, KEY_ENTER, KEY_ESC
USUAL_CODES = {Key.PREVIOUS: 103, Key.NEXT: 108, Key.CHOOSE: 28, Key.BACK: 1}
# How soon a stopped driver lets go of its pad; a key is reported at once whatever this is.
_READ_S = 0.1


class HidKeypad:
    """Reports the keys of a pad at `where`, a path or a name; best one under /dev/input/by-id, which stays with it."""

    def __init__(
        self,
        name: DeviceName,
        where: str,
        codes: Mapping[Key, int] = USUAL_CODES,
        timing: Timing = Timing(settle_s=0.0),  # noqa: B008  (frozen; a HID pad's own firmware waits for its contacts)
    ) -> None:
        self._name = name
        self._where = where
        self._keys = {code: key for key, code in codes.items()}
        self._timing = timing

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Take the pad for us alone and report its keys until stopped.

        Raises:
            DeviceError: the pad could not be opened, or was lost.
        """
        with EventNode(node_path(self._where)) as node:
            presses = Presses(self._name, self._timing, self._known(node.down()), time.monotonic())
            emit(DeviceUp(self._name))
            try:
                while not stop.is_set():
                    wait_s = presses.wait_s(time.monotonic())
                    for record in node.read(_READ_S if wait_s is None else min(_READ_S, wait_s)):
                        _tell(emit, self._meaning(record, presses, node))
                    _tell(emit, presses.tick(time.monotonic()))
            finally:
                _tell(emit, presses.lost())

    def _meaning(self, record: Record, presses: Presses, node: EventNode) -> list[DeviceEvent]:
        now_s = time.monotonic()
        if record == DROPPED:
            down = self._known(node.down())
            return [event for key in Key for event in presses.level(key, now_s, down=key in down)]
        key = self._keys.get(record.code)
        if record.type != EV_KEY or key is None or record.value not in {UP, DOWN}:
            return []
        return presses.level(key, now_s, down=record.value == DOWN)

    def _known(self, codes: frozenset[int]) -> frozenset[Key]:
        return frozenset(self._keys[code] for code in codes & self._keys.keys())


def _tell(emit: Emit, events: list[DeviceEvent]) -> None:
    for event in events:
        emit(event)

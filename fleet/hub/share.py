"""Which messages an ingest process takes when there are several. No I/O.

Frames: the broker deals them out (a shared subscription), or, where it cannot, each process hears all and takes those
of its own devices. Births are always dealt by device: a shared subscription is not sent retained messages (MQTT 5,
4.8.2), and those tell a process that starts where each device is. While a process is away its devices' frames are
taken by the others; their births wait, retained, for its return.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from sync.topics import EVERY_STATE, EVERY_UP, StateTopic, UpTopic, parse

_GROUP = "$share/hub"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of ingest process `number` (from 1) of `count`; `dealt`: the broker deals frames out."""

    number: int = 1
    count: int = 1
    dealt: bool = False

    def topics(self) -> tuple[str, str]:
        """Return what to listen to."""
        return f"{_GROUP}/{EVERY_UP}" if self.dealt else EVERY_UP, EVERY_STATE

    def takes(self, topic: str) -> bool:
        """Return whether a message that came on `topic` is this process's to handle."""
        match parse(topic):
            case UpTopic() if self.dealt:
                return True
            case UpTopic(device) | StateTopic(device):
                return crc32(device.encode()) % self.count == self.number - 1
            case _:
                return self.number == 1

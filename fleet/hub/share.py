"""Which messages an ingest process takes when there are several. No I/O.

Frames: the broker deals them out (a shared subscription), or, where it cannot, each process hears all and takes those
of its own devices. Births are always dealt by device: a shared subscription is not sent retained messages (MQTT 5,
4.8.2), and those tell a process that starts where each device is. While a process is away its devices' frames are
taken by the others; their births wait, retained, for its return.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.topics import EVERY_STATE, EVERY_UP, StateTopic, UpTopic, parse

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_GROUP_BYTES = 16


def group_of(signing: Ed25519PrivateKey) -> str:
    """Return the group in which the hub's processes share, a name that only they can know.

    mosquitto 2.0 lets any client subscribe to anything, and goes by its access list when it delivers: a device in the
    hub's group would be dealt frames of others, which it cannot read and nobody else gets until they are sent again.
    """
    derive = HKDF(SHA256(), _GROUP_BYTES, salt=None, info=b"guichet/share/v1")
    return derive.derive(signing.private_bytes_raw()).hex()


@dataclass(frozen=True, slots=True)
class Share:
    """The part of ingest process `number` (from 1) of `count`; with a `group`, the broker deals frames out in it."""

    number: int = 1
    count: int = 1
    group: str = ""

    def topics(self) -> tuple[str, str]:
        """Return what to listen to."""
        return f"$share/{self.group}/{EVERY_UP}" if self.group else EVERY_UP, EVERY_STATE

    def takes(self, topic: str) -> bool:
        """Return whether a message that came on `topic` is this process's to handle."""
        match parse(topic):
            case UpTopic() if self.group:
                return True
            case UpTopic(device) | StateTopic(device):
                return crc32(device.encode()) % self.count == self.number - 1
            case _:
                return self.number == 1

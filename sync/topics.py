"""Every MQTT topic, spelled once. No I/O.

All but one lie under the device's certificate name, so that the broker's access list can hold each device to its own.
"""

from __future__ import annotations

from dataclasses import dataclass

ROOT = "guichet/v1"


@dataclass(frozen=True, slots=True)
class UpTopic:
    """Frames, from a device to the hub."""

    device: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.device}/up"


@dataclass(frozen=True, slots=True)
class StoredTopic:
    """The hub's signed proof of storage (retained), from the hub to a device."""

    device: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.device}/stored"


@dataclass(frozen=True, slots=True)
class StateTopic:
    """A device's birth, last will and reported state (retained)."""

    device: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.device}/state"


@dataclass(frozen=True, slots=True)
class FetchTopic:
    """What a device asks of the hub's publication."""

    device: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.device}/fetch"


@dataclass(frozen=True, slots=True)
class FileTopic:
    """Parts of the publication's files, from the hub to the device that asked."""

    device: str

    def __str__(self) -> str:
        return f"{ROOT}/{self.device}/file"


EVERY_UP = str(UpTopic("+"))
EVERY_STATE = str(StateTopic("+"))
EVERY_FETCH = str(FetchTopic("+"))
# The publication's latest timestamp (retained), for all devices.
ANNOUNCED = f"{ROOT}/tuf/timestamp"

Topic = UpTopic | StoredTopic | StateTopic | FetchTopic | FileTopic
_KINDS: dict[str, type[Topic]] = {
    "up": UpTopic, "stored": StoredTopic, "state": StateTopic, "fetch": FetchTopic, "file": FileTopic,
}  # fmt: skip


def parse(topic: str) -> Topic | None:
    """Return the topic that `topic` spells, or None where it is none of ours."""
    match topic.split("/"):
        case ["guichet", "v1", device, kind] if kind in _KINDS and device:
            return _KINDS[kind](device)
        case _:
            return None

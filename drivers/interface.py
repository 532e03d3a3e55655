"""What a device is called, and how it is said that it serves, or not and why. No I/O.

What devices tell beside that, a code read or a paper cut, stands in `drivers.news`;
what a driver is, in `drivers.driver`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import NewType

DeviceName = NewType("DeviceName", str)


class Fault(Enum):
    """Why a device is not serving. The front end owns the words for each."""

    STARTING = auto()
    """It is being opened for the first time, and has not said yet that it serves; the supervisor noticed."""
    UNPLUGGED = auto()
    """Nothing is there: no such port, no printer at that address, or it went away."""
    REFUSED = auto()
    """It is there, but the system does not let us have it."""
    AMBIGUOUS = auto()
    """Several are there that it may be: none is used."""
    NO_ROOM = auto()
    """There is no memory left for what it gives."""
    BUSY = auto()
    """It is there, and another process holds it."""
    SERVICE_DOWN = auto()
    """The system's service that speaks to it (pcscd, saned, cupsd) does not run."""
    NOT_ANSWERING = auto()
    """It is there and says nothing, or nothing that makes sense."""
    HANGING = auto()
    """Our driver does not come back from a call to it; the supervisor noticed."""
    OUT_OF_PAPER = auto()
    COVER_OPEN = auto()
    PAPER_JAMMED = auto()
    CUTTER_JAMMED = auto()
    OVERHEATED = auto()
    OFFLINE = auto()
    """It says itself that it does not serve, without a reason we know."""
    BROKEN = auto()
    """It says itself that it must be repaired."""
    CRASHED = auto()
    """Our driver failed on it; the log has the trace."""


class Caution(Enum):
    """Why a device that serves serves less well than it should, or soon not at all."""

    PAPER_NEAR_END = auto()
    ANSWERS_LATE = auto()
    TALKS_NONSENSE = auto()
    """Among what it says is much that makes no sense: a cable, a speed, a wrong setting."""
    CANNOT_TELL = auto()
    """It has no way to say whether it did what it was told."""
    KEY_STUCK = auto()
    """One of its keys is down for longer than anybody presses a key; the others serve."""
    CANNOT_SPEAK = auto()
    """It beeps, and does not speak: speech synthesis is not installed."""


class DeviceError(Exception):
    """A device could not be opened, or was lost. Open it again later; `fault` says what to tell people."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class DeviceUp:
    """The device serves; a caution says what somebody should look after meanwhile."""

    device: DeviceName
    caution: Caution | None = None


@dataclass(frozen=True, slots=True)
class DeviceDown:
    """The device does not serve; it is already being watched for its return."""

    device: DeviceName
    fault: Fault

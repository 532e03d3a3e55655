"""What every device driver is, and the news it gives. No I/O.

A driver reports values, never calls back with anything else: `DeviceUp`, `DeviceDown` and what its device did.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NewType, Protocol, TypeAlias

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

DeviceName = NewType("DeviceName", str)


class Fault(Enum):
    """Why a device is not serving. The front end owns the words for each."""

    UNPLUGGED = auto()
    """Nothing is there: no such port, no printer at that address, or it went away."""
    REFUSED = auto()
    """It is there, but the system does not let us have it."""
    NOT_ANSWERING = auto()
    """It is there and says nothing, or nothing that makes sense."""
    OUT_OF_PAPER = auto()
    COVER_OPEN = auto()
    CUTTER_JAMMED = auto()
    OVERHEATED = auto()
    OFFLINE = auto()
    """It says itself that it does not serve, without a reason we know."""
    BROKEN = auto()
    """It says itself that it must be repaired."""
    CRASHED = auto()
    """Our driver failed on it; the log has the trace."""


class DeviceError(Exception):
    """A device could not be opened, or was lost. Open it again later; `fault` says what to tell people."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class DeviceUp:
    """The device serves."""

    device: DeviceName


@dataclass(frozen=True, slots=True)
class DeviceDown:
    """The device does not serve; it is already being watched for its return."""

    device: DeviceName
    fault: Fault


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer says that the whole paper of this job is out."""

    device: DeviceName
    job_id: int


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """The paper of this job is not, or not surely, out, and will not come by itself later."""

    device: DeviceName
    job_id: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was held before the scanner. A code may be binary: these are its bytes."""

    device: DeviceName
    code: bytes


DeviceEvent: TypeAlias = DeviceUp | DeviceDown | Printed | NotPrinted | Scanned
Emit: TypeAlias = "Callable[[DeviceEvent], None]"


class Driver(Protocol):
    """A peripheral that reports through events.

    It owns the device only while `run` runs: stop it and the device is closed.
    Drivers never retry; `drivers.supervisor` does.
    """

    @property
    def name(self) -> DeviceName:
        """Which device this is, as it appears in events, logs and configuration."""
        ...

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the device and report until stopped, which takes at most two seconds.

        `emit` is called from this thread, or from one which calls a method of the driver.

        Raises:
            DeviceError: the device could not be opened, or was lost.
        """
        ...

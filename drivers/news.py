"""What devices tell, beside whether they serve. No I/O.

News is a value in the past tense. It carries what happened, in the citizen's words nowhere: the front end owns those.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from drivers.interface import DeviceDown, DeviceUp

if TYPE_CHECKING:
    from drivers.interface import DeviceName, Fault


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer says that the whole paper of this job is out, and cut."""

    device: DeviceName
    job_id: int


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """The whole paper of this job is surely not out, and will not come by itself later."""

    device: DeviceName
    job_id: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class PrintUnknown:
    """Nobody can say whether the paper of this job is out: the printer was lost at its very end. It comes no more."""

    device: DeviceName
    job_id: int
    fault: Fault


class Symbology(Enum):
    """The kinds of code that matter to us; a scanner names them by AIM identifiers (ISO/IEC 15424)."""

    UNKNOWN = auto()
    """The scanner does not say."""
    QR = auto()
    DATA_MATRIX = auto()
    GS1_DATA_MATRIX = auto()
    GS1_QR = auto()
    AZTEC = auto()
    PDF417 = auto()
    CODE_128 = auto()
    GS1_128 = auto()
    GS1_DATABAR = auto()
    CODE_39 = auto()
    EAN = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code was held before the scanner. A code may be binary: these are its bytes."""

    device: DeviceName
    code: bytes
    symbology: Symbology = Symbology.UNKNOWN


DeviceEvent: TypeAlias = DeviceUp | DeviceDown | Printed | NotPrinted | PrintUnknown | Scanned

"""What the journeys ask the kiosk to do. No I/O.

Effects are imperative and ordered: what the citizen was promised is on disk before it is printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from drivers.lamp.pattern import Signal
    from drivers.scanner.model import Tone
    from drivers.sound.tones import Beep
    from kiosk.journeys.job import Paper
    from sync.records import ReceiptRequested


@dataclass(frozen=True, slots=True)
class LoadSheet:
    """Read a sheet; `SheetLoaded` or `SheetMissing` answers."""

    sheet_id: str


@dataclass(frozen=True, slots=True)
class Search:
    """Look words up; `Found` answers."""

    query: str


@dataclass(frozen=True, slots=True)
class CheckPaper:
    """Verify the 2D-Doc code of a citizen's paper; `PaperChecked` answers. The code is never shown in a log."""

    code: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Record:
    """Put a record on disk; `Recorded` or `NotRecorded` answers."""

    job: int
    record: ReceiptRequested


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print a paper; `Printed`, `NotPrinted` or `PrintUnknown` answers. A copy is marked as one."""

    job: int
    paper: Paper
    copy: bool = False


@dataclass(frozen=True, slots=True)
class BeepScanner:
    """Have the code scanner say whether the kiosk knows the code it read, where it can."""

    tone: Tone


@dataclass(frozen=True, slots=True)
class WipeSession:
    """Forget what is kept outside the state: painted words, looked-up words."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """Run on this version of the configuration from here on: no citizen is in a session."""

    version: int


@dataclass(frozen=True, slots=True)
class Say:
    """Read this aloud in place of what is being read; what is personal goes to headphones alone, or is not said."""

    text: str = field(repr=False)
    personal: bool = False


@dataclass(frozen=True, slots=True)
class Hush:
    """Read no more: whoever listened has pulled the headphones out."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Beep: for whoever does not see well what the screen shows in the same moment."""

    beep: Beep


@dataclass(frozen=True, slots=True)
class Light:
    """Show this signal on the lamp."""

    signal: Signal


Effect: TypeAlias = (
    LoadSheet
    | Search
    | CheckPaper
    | Record
    | PrintReceipt
    | BeepScanner
    | WipeSession
    | Adopt
    | Say
    | Hush
    | Sound
    | Light
)

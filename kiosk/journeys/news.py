"""What the kiosk's workers and devices tell the journeys, and the clock. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogue.front_page import FrontPage
    from catalogue.pack_fault import PackFault
    from catalogue.search import Hit
    from catalogue.sheet import Sheet, SheetLink
    from drivers.interface import Fault
    from drivers.news import Jack, PowerSource
    from drivers.two_d_doc.verdict import Paper as CheckedPaper
    from kiosk.journeys.settings import Settings


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time went by; `now_s` is monotonic."""

    now_s: float


@dataclass(frozen=True, slots=True)
class FrontPageLoaded:
    """The content pack was opened."""

    front_page: FrontPage


@dataclass(frozen=True, slots=True)
class PackRefused:
    """The content pack cannot be used."""

    fault: PackFault


@dataclass(frozen=True, slots=True)
class SheetLoaded:
    """A sheet asked for was read; `neighbours` are those it names which the pack holds."""

    sheet: Sheet
    neighbours: tuple[SheetLink, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetMissing:
    """A sheet asked for is not in the pack, or could not be read."""

    sheet_id: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first."""

    query: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The record of this job is on disk."""

    job: int


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """The record of this job was refused."""

    job: int


@dataclass(frozen=True, slots=True)
class Printed:
    """This job's paper is out."""

    job: int


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """This job's paper will not come; no fault is known of a printer that is not there."""

    job: int
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class PrintUnknown:
    """This job's paper may be out, or may not: nobody can say."""

    job: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class PaperChecked:
    """The 2D-Doc code of a citizen's paper was verified."""

    checked: CheckedPaper


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A device serves again, or does not and why; a device that is not there from the start is told, too."""

    device: str
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class JackChanged:
    """Headphones were plugged in or out."""

    jack: Jack


@dataclass(frozen=True, slots=True)
class VoiceChanged:
    """The screen began to be read aloud, or is read no more."""

    speaks: bool


@dataclass(frozen=True, slots=True)
class PowerChanged:
    """What feeds the device, as `device` sees it."""

    device: str
    source: PowerSource


@dataclass(frozen=True, slots=True)
class CitizenCardShown:
    """A citizen put a card into the reader, which is for agents alone; nothing was read from it."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """The scanner read a code."""

    code: bytes


@dataclass(frozen=True, slots=True)
class SettingsArrived:
    """Another version of the configuration is in force; it waits for the end of a session under way."""

    settings: Settings


News: TypeAlias = (
    Ticked
    | FrontPageLoaded
    | PackRefused
    | SheetLoaded
    | SheetMissing
    | Found
    | Recorded
    | NotRecorded
    | Printed
    | NotPrinted
    | PrintUnknown
    | DeviceChanged
    | PaperChecked
    | CitizenCardShown
    | Scanned
    | SettingsArrived
    | JackChanged
    | VoiceChanged
    | PowerChanged
)

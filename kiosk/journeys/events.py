"""What can happen to the kiosk: touches, news from its workers and devices, and time. No I/O.

Events are past tense. A touch carries what it meant, never where on the screen it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogue.front_page import FrontPage
    from catalogue.pack_fault import PackFault
    from catalogue.search import Hit
    from catalogue.sheet import Sheet, SheetLink
    from drivers.interface import Fault
    from drivers.news import Jack, Key, PowerSource
    from drivers.two_d_doc.verdict import Paper as CheckedPaper
    from kiosk.journeys.state import Path, Settings


class KeyPage(Enum):
    """Which half of the on-screen keyboard is shown."""

    LETTERS = auto()
    ACCENTS = auto()


# Touches.


@dataclass(frozen=True, slots=True)
class HomeTouched:
    """Back to the front page, within the same session."""


@dataclass(frozen=True, slots=True)
class BackTouched:
    """One screen back."""


@dataclass(frozen=True, slots=True)
class EndTouched:
    """« Terminer et effacer »."""


@dataclass(frozen=True, slots=True)
class HelpTouched:
    """« Un conseiller peut vous aider »."""


@dataclass(frozen=True, slots=True)
class StillHereTouched:
    """« Je suis encore là »: the citizen answered the inactivity warning."""


class Shelf(Enum):
    """A list of the front page which does not fit on it."""

    LIFE_EVENTS = auto()
    PROCEDURES = auto()


@dataclass(frozen=True, slots=True)
class ShelfTouched:
    """« Tout voir »: all of a list of the front page."""

    shelf: Shelf


@dataclass(frozen=True, slots=True)
class PartnersTouched:
    """« Horaires et partenaires »: who can be met here, and when."""


@dataclass(frozen=True, slots=True)
class SearchTouched:
    """The search field of the front page, or the field itself to bring the keyboard back."""


@dataclass(frozen=True, slots=True)
class KeyTouched:
    """A key of the on-screen keyboard that writes `character`."""

    character: str


@dataclass(frozen=True, slots=True)
class Erased:
    """The key that takes the last character back."""


@dataclass(frozen=True, slots=True)
class KeyPageTouched:
    """The key that shows the other half of the keyboard."""

    page: KeyPage


@dataclass(frozen=True, slots=True)
class ResultsTouched:
    """« Voir les résultats »: put the keyboard away."""


@dataclass(frozen=True, slots=True)
class SheetChosen:
    """A procedure, a hit, or a sheet named by another."""

    sheet_id: str


@dataclass(frozen=True, slots=True)
class LifeEventChosen:
    """A life event: its questions come first, if it has any."""

    sheet_id: str


@dataclass(frozen=True, slots=True)
class SectionTouched:
    """A chapter's title: open it, or close it if it was open."""

    path: Path


@dataclass(frozen=True, slots=True)
class CaseChosen:
    """The citizen's own situation among those which exclude each other."""

    path: Path
    case: int


@dataclass(frozen=True, slots=True)
class CaseReopened:
    """« Changer »: show the situations again."""

    path: Path


@dataclass(frozen=True, slots=True)
class QuestionsTouched:
    """« Répondre à 4 questions pour ma situation », or « Recommencer »."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The choice with this index, to the question on screen."""

    choice: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """« Je ne sais pas / Passer »: general content stays."""


@dataclass(frozen=True, slots=True)
class PrintTouched:
    """Print what is on the screen, or try the same paper again."""


# News.


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


Touch: TypeAlias = (
    HomeTouched
    | BackTouched
    | EndTouched
    | HelpTouched
    | StillHereTouched
    | PartnersTouched
    | SearchTouched
    | ShelfTouched
    | KeyTouched
    | Erased
    | KeyPageTouched
    | ResultsTouched
    | SheetChosen
    | LifeEventChosen
    | SectionTouched
    | CaseChosen
    | CaseReopened
    | QuestionsTouched
    | Answered
    | Skipped
    | PrintTouched
)
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
    | PowerChanged
)
Event: TypeAlias = Touch | News


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One of the pad's four keys: `kiosk.four_keys` makes of it what a finger would have touched."""

    key: Key


Input: TypeAlias = Event | KeyPressed

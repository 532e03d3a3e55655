"""Where a citizen can be. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogue.search import Hit
    from catalogue.sheet import Sheet, SheetLink
    from drivers.two_d_doc.verdict import Paper as CheckedPaper

# Where a node stands in a sheet's tree: indexes from the sheet's blocks down.
Path: TypeAlias = tuple[int, ...]


class Shelf(Enum):
    """A list of the front page which does not fit on it."""

    LIFE_EVENTS = auto()
    PROCEDURES = auto()


class KeyPage(Enum):
    """Which half of the on-screen keyboard is shown."""

    LETTERS = auto()
    ACCENTS = auto()


@dataclass(frozen=True, slots=True)
class Home:
    """The front page."""


@dataclass(frozen=True, slots=True)
class Browsing:
    """All life events, or all procedures."""

    shelf: Shelf


@dataclass(frozen=True, slots=True)
class Searching:
    """Typing words; `hits` is None until the words on screen were looked up."""

    text: str = ""
    hits: tuple[Hit, ...] | None = None
    page: KeyPage = KeyPage.LETTERS
    typing: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A sheet: at most one chapter open, and one case of each choice.

    `neighbours` are the sheets it names that can be opened here; `touched` is what the citizen opened last.
    """

    sheet: Sheet
    neighbours: tuple[SheetLink, ...] = ()
    section: Path | None = None
    chosen: tuple[tuple[Path, int], ...] = ()
    touched: Path | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A questionnaire, at its question number `len(answers)`; None is a skipped one."""

    sheet: Sheet
    answers: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The checklist of the citizen's own case."""

    sheet: Sheet
    answers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Printing:
    """What becomes of the paper; there is a job while this screen is shown."""


@dataclass(frozen=True, slots=True)
class Helping:
    """« Un conseiller peut vous aider », and the emergency numbers."""


@dataclass(frozen=True, slots=True)
class MeetingPartners:
    """« Horaires et partenaires »."""


@dataclass(frozen=True, slots=True)
class CheckingPaper:
    """What the seal of a citizen's paper says; None while it is being verified."""

    checked: CheckedPaper | None = None


Place: TypeAlias = (
    Home | Browsing | Searching | Reading | Asking | Listing | Printing | Helping | MeetingPartners | CheckingPaper
)

"""Where the citizen is, and what the kiosk knows. No I/O.

Nothing here outlives a session but the front page, the clock and a paper that is still coming out:
`wiped` is the only way a session ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from drivers.news import Jack
from kiosk.journeys.events import KeyPage, LifeEventChosen, SheetChosen, Shelf

if TYPE_CHECKING:
    from catalogue.front_page import FrontPage
    from catalogue.pack_fault import PackFault
    from catalogue.search import Hit
    from catalogue.sheet import Sheet, SheetLink
    from drivers.interface import Fault
    from drivers.news import PowerSource
    from drivers.two_d_doc.verdict import Paper as CheckedPaper
    from kiosk.journeys.events import Event

# Where a node stands in a sheet's tree: indexes from the sheet's blocks down.
Path: TypeAlias = tuple[int, ...]

# Screens that « Retour » remembers: more than anybody walks in a session, few enough to stay light.
BACK_DEPTH = 30


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


@dataclass(frozen=True, slots=True)
class ChecklistPaper:
    """A checklist to print."""

    sheet: Sheet
    answers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class SheetPaper:
    """What is open of a sheet, to print."""

    sheet: Sheet
    section: Path | None
    chosen: tuple[tuple[Path, int], ...]


Paper: TypeAlias = ChecklistPaper | SheetPaper


class Phase(Enum):
    """How far a paper is."""

    RECORDING = auto()
    SENT = auto()
    PRINTED = auto()
    FAILED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Job:
    """One paper, from the touch to the cutter."""

    id: int
    paper: Paper
    phase: Phase
    since_s: float
    fault: Fault | None = None
    copy: bool = False
    """It may be out already: what is printed again says so."""

    @property
    def busy(self) -> bool:
        """The paper is still coming."""
        return self.phase in {Phase.RECORDING, Phase.SENT}


class Saying(Enum):
    """A short message across the top of the screen."""

    UNKNOWN_CODE = auto()
    SHEET_MISSING = auto()
    PAPER_OUT = auto()
    PAPER_FAILED = auto()
    PAPER_UNKNOWN = auto()
    CITIZEN_CARD = auto()
    WIPED = auto()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the kiosk waits for a citizen."""

    idle_warning_s: float = 60.0
    idle_grace_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner of the place; what is not known of it is empty."""

    name: str
    about: str = ""
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Focus:
    """Where the pad's keys have come to: the event of a button, or the first block of a passage.

    `place` is where that stands among all stops: should it go away, the focus is on what stands there then.
    """

    on: Event | int
    place: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What a version of the configuration says to the journeys."""

    version: int = 0
    structure: str = ""
    patience: Patience = Patience()
    opening_hours: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """The whole kiosk; `arrived` are settings that wait for the end of the session."""

    patience: Patience = Patience()
    structure: str = ""
    front_page: FrontPage | None = None
    pack_fault: PackFault | None = None
    place: Place = Home()
    back: tuple[Place, ...] = ()
    awaited: SheetChosen | LifeEventChosen | None = None
    job: Job | None = None
    jobs: int = 0
    now_s: float = 0.0
    quiet_since_s: float = 0.0
    used: bool = False
    warned: bool = False
    saying: Saying | None = None
    said_s: float = 0.0
    arrived: Settings | None = None
    opening_hours: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()
    faults: tuple[tuple[str, Fault], ...] = ()
    """The devices that do not serve, by name, and why."""
    focus: Focus | None = None
    voiced: bool = False
    """Somebody listens: a key of the pad was pressed in this session, or headphones were plugged in."""
    jack: Jack = Jack.UNKNOWN
    power: tuple[tuple[str, PowerSource], ...] = ()
    """What feeds the kiosk, as each device that can tell sees it."""


def fault_of(state: State, device: str) -> Fault | None:
    """Return why a device does not serve; None where it does, or is not there at all."""
    return dict(state.faults).get(device)


def go(state: State, place: Place) -> State:
    """Return the state at `place`, with « Retour » leading to where the citizen was.

    The printing and help screens are passed through, never returned to; nor is what a citizen's paper says.
    """
    here = state.place
    passing = isinstance(here, Printing | Helping | CheckingPaper) or here == place
    back = state.back if passing else (*state.back, here)[-BACK_DEPTH:]
    return replace(leave(state), place=place, back=back)


def leave(state: State) -> State:
    """Return the state without the paper, if it has come to its end."""
    if state.job is not None and not state.job.busy:
        return replace(state, job=None)
    return state


def at_home(state: State) -> State:
    """Return the state at the front page, with nowhere to go back to."""
    return replace(leave(state), place=Home(), back=(), awaited=None)


def say(state: State, saying: Saying) -> State:
    """Return the state with a short message."""
    return replace(state, saying=saying, said_s=state.now_s)


def busy(state: State) -> bool:
    """Return whether a citizen is in a session, or paper still coming."""
    return state.used or not isinstance(state.place, Home) or (state.job is not None and state.job.busy)


def wiped(state: State) -> State:
    """Return the state with nothing of the session left; a paper still coming out keeps coming."""
    return State(
        patience=state.patience,
        structure=state.structure,
        opening_hours=state.opening_hours,
        partners=state.partners,
        arrived=state.arrived,
        front_page=state.front_page,
        pack_fault=state.pack_fault,
        job=state.job if state.job is not None and state.job.busy else None,
        jobs=state.jobs,
        now_s=state.now_s,
        quiet_since_s=state.now_s,
        faults=state.faults,
        jack=state.jack,
        power=state.power,
    )

"""What the kiosk knows while a citizen is there. No I/O.

Nothing here outlives a session but the front page, the clock and a paper that is still coming out:
`wiped` is the only way a session ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from drivers.news import Jack
from kiosk.journeys.places import CheckingPaper, Helping, Home, Printing
from kiosk.journeys.settings import Patience

if TYPE_CHECKING:
    from catalogue.front_page import FrontPage
    from catalogue.pack_fault import PackFault
    from drivers.interface import Fault
    from drivers.news import PowerSource
    from kiosk.journeys.events import Event
    from kiosk.journeys.job import Job
    from kiosk.journeys.places import Place
    from kiosk.journeys.settings import Partner, Settings
    from kiosk.journeys.touches import LifeEventChosen, SheetChosen

# Screens that « Retour » remembers: more than anybody walks in a session, few enough to stay light.
BACK_DEPTH = 30
# Those devices whose loss changes what is known of a session.
HEADPHONES, SPEAKER = "headphones", "speaker"


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
class Focus:
    """Where the pad's keys have come to: the event of a button, or the first block of a passage.

    `place` is where that stands among all stops: should a passage go away, the focus is on what stands there then.
    """

    on: Event | int
    place: int


@dataclass(frozen=True, slots=True)
class State:
    """The whole kiosk; `arrived` are settings that wait for the end of the session."""

    patience: Patience = Patience()  # noqa: RUF009  (a frozen value)
    structure: str = ""
    front_page: FrontPage | None = None
    pack_fault: PackFault | None = None
    place: Place = Home()  # noqa: RUF009  (a frozen value)
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
    speaking: bool = False
    """The screen is being read aloud, as far as the speaker has said: see `session.listens`."""
    heard_s: float = float("-inf")
    """When something was last heard of it."""
    jack: Jack = Jack.UNKNOWN
    jack_since_s: float = float("-inf")
    power: tuple[tuple[str, PowerSource], ...] = ()
    """What feeds the kiosk, as each device that can tell sees it."""


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
        jack_since_s=state.jack_since_s,
        power=state.power,
    )

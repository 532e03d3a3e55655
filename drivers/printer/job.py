"""One paper, from its first byte to its cut, and how sure we are of it. No I/O.

    WAITING ── Begun ──► BODY ── its mark ──► CUTTING ── its mark ──► PRINTED
                ▲         │ │                  │  │
                │   fault │ │ lost, given up   │  │ lost, given up
                └─ HELD ◄─┘ ▼                  │  ▼
                  (cured) NOT_PRINTED          │ UNKNOWN
                                     WAITING_TO_CUT (fault; cured: on with the cut)

A mark is the printer's answer to an order that stands behind what it marks: it comes when all before it is on paper.
The cut is sent only after the mark of the body. So a job is PRINTED when its cut is marked, and only then; it is
NOT_PRINTED as long as no cut has left us, and what hangs out of the printer is stamped as void before it is cut off;
only between the sending of the cut and its mark, a moment, can a loss leave it UNKNOWN. Promise: whatever comes, one
outcome is told, once, and a body is never sent again behind a cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TypeAlias

from drivers.interface import Fault


class OnFault(Enum):
    """What becomes of a paper begun when the printer stops in its middle: no more paper, an open cover."""

    GIVE_UP = auto()
    """It is not printed; what hangs out is cut off."""
    CONTINUE = auto()
    """The printer goes on where it stopped, as soon as it can."""
    RESTART = auto()
    """What hangs out is cut off as void, and the paper begins again: one whole paper, never two halves."""


class Phase(Enum):
    """How far a paper is."""

    WAITING = auto()
    BODY = auto()
    HELD = auto()
    """It is to begin again once the printer is mended."""
    CUTTING = auto()
    PRINTED = auto()
    NOT_PRINTED = auto()
    UNKNOWN = auto()


ENDED = frozenset({Phase.PRINTED, Phase.NOT_PRINTED, Phase.UNKNOWN})


class Mark(Enum):
    """What the printer says has come out."""

    BODY = auto()
    CUT = auto()


# What happens to a job.


@dataclass(frozen=True, slots=True)
class Begun:
    """The printer said that nothing is wrong with it, and the job is its next."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The printer has come to a mark."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Stopped:
    """The printer says why it does not go on; it still answers."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Mended:
    """The printer says that nothing is wrong with it any more."""


@dataclass(frozen=True, slots=True)
class Lost:
    """It answers no more, or nobody waits any longer."""

    fault: Fault


Event: TypeAlias = Begun | Marked | Stopped | Mended | Lost


class Order(Enum):
    """What is to be done to the printer."""

    SEND_BODY = auto()
    SEND_CUT = auto()
    CLEAR = auto()
    """Have it drop what it holds: nothing of this paper comes later."""
    CUT_OFF = auto()
    """Stamp what hangs out as void, and cut it off."""


@dataclass(frozen=True, slots=True)
class Job:
    """A paper under way; `fault` is why it is held or was not, or not surely, printed; `begun`, how often it was."""

    phase: Phase = Phase.WAITING
    fault: Fault | None = None
    begun: int = field(default=0, compare=False)

    @property
    def ended(self) -> bool:
        """Whether its outcome is known, or known never to be."""
        return self.phase in ENDED


# Nobody mends these with a new roll: to wait for them is to let a citizen wait for nothing.
_HOPELESS = frozenset({Fault.BROKEN, Fault.CUTTER_JAMMED, Fault.NOT_ANSWERING})


# These end by themselves, and the printer goes on where it was: a finger on the feed button, a hot head, and copies
# that call themselves offline while they are busy. To begin again for them would be a paper wasted each time.
PASSING = frozenset({Fault.OFFLINE, Fault.OVERHEATED})

# A cover whose switch trembles on a bus would else turn a roll into void papers, until the citizen's time is over.
_BEGINNINGS = 3


def advance(job: Job, event: Event, on_fault: OnFault) -> tuple[Job, list[Order]]:  # noqa: C901, PLR0911, PLR0912
    """Return the job after `event`, and what to do, in order."""
    match job.phase, event:
        case Phase.WAITING, Begun():
            return Job(Phase.BODY, begun=1), [Order.SEND_BODY]
        case Phase.WAITING, Stopped(fault) | Lost(fault):
            return Job(Phase.NOT_PRINTED, fault), []
        case Phase.BODY, Marked(Mark.BODY):
            return Job(Phase.CUTTING), [Order.SEND_CUT]
        case Phase.BODY | Phase.CUTTING, Stopped(fault) if fault in PASSING:
            return replace(job, fault=fault), []
        case Phase.BODY, Stopped(fault) if (
            on_fault is OnFault.GIVE_UP or fault in _HOPELESS or job.begun >= _BEGINNINGS
        ):
            return Job(Phase.NOT_PRINTED, fault), [Order.CLEAR]
        case Phase.BODY, Stopped(fault) if on_fault is OnFault.RESTART:
            return Job(Phase.HELD, fault, job.begun), [Order.CLEAR]
        case Phase.BODY | Phase.CUTTING, Stopped(fault) if on_fault is not OnFault.GIVE_UP and fault not in _HOPELESS:
            return replace(job, fault=fault), []
        case Phase.HELD, Mended():
            return Job(Phase.BODY, begun=job.begun + 1), [Order.CUT_OFF, Order.SEND_BODY]
        case Phase.HELD, Stopped(fault):
            return replace(job, fault=fault), []
        case Phase.HELD, Lost(fault):
            return Job(Phase.NOT_PRINTED, job.fault or fault), []
        case Phase.BODY, Lost(fault):
            return Job(Phase.NOT_PRINTED, job.fault or fault), [Order.CLEAR]
        case Phase.BODY | Phase.CUTTING, Mended():
            return replace(job, fault=None), []
        case Phase.CUTTING, Marked(Mark.CUT):
            return Job(Phase.PRINTED), []
        case Phase.CUTTING, Stopped(fault) | Lost(fault):
            return Job(Phase.UNKNOWN, job.fault or fault), [Order.CLEAR]
        case _:
            return job, []

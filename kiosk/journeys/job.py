"""A paper on its way: what is to be printed, and how far it is. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogue.sheet import Sheet
    from drivers.interface import Fault
    from kiosk.journeys.places import Path


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

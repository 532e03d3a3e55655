"""What a citizen can touch on the screen. No I/O.

A touch carries what it meant, never where on the screen it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from kiosk.journeys.places import KeyPage, Path, Shelf


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

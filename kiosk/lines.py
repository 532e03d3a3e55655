"""The lines a sheet is made of once the citizen has opened what is theirs. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogue.sheet import NoticeKind
    from kiosk.journeys.places import Path


@dataclass(frozen=True, slots=True)
class Heading:
    """A title within what is open; level 1 is a chapter's."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One item of a list."""

    text: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark set apart."""

    kind: NoticeKind
    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """Something on the web: an online service, a form, a simulator."""

    title: str
    kind: str
    source: str
    url: str
    cerfa_form: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Where to go."""

    title: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter's title that opens and closes."""

    path: Path
    title: str
    opened: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Situations which exclude each other, none chosen yet."""

    path: Path
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The citizen's own situation among others."""

    path: Path
    title: str


@dataclass(frozen=True, slots=True)
class Related:
    """Sheets which the lines above name."""

    sheets: tuple[str, ...]


Line: TypeAlias = Heading | Prose | Point | Remark | Service | Contact | Chapter | Choice | Chosen | Related

"""A screen as plain values: what is painted, spoken and tested. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from kiosk.journeys.events import Event


class Kind(Enum):
    """Which screen it is."""

    OPENING = "opening"
    HOME = "home"
    SHELF = "shelf"
    SEARCH = "search"
    SHEET = "sheet"
    QUESTIONNAIRE = "questionnaire"
    CHECKLIST = "checklist"
    PRINTING = "printing"
    PRINTED = "printed"
    NOT_PRINTED = "not-printed"
    MAYBE_PRINTED = "maybe-printed"
    HELP = "help"
    PARTNERS = "partners"
    UNAVAILABLE = "unavailable"
    PAPER = "paper"


class Role(Enum):
    """What a button is for; the theme gives each its look."""

    MAIN = auto()
    PLAIN = auto()
    QUIET = auto()
    END = auto()
    HELP = auto()
    FIELD = auto()
    LIFE_EVENT = auto()
    PROCEDURE = auto()
    HIT = auto()
    CHOICE = auto()
    CHAPTER = auto()
    OPEN_CHAPTER = auto()
    KEY = auto()
    KEY_OF_SERVICE = auto()


class Tone(Enum):
    """The mood of a message."""

    CALM = auto()
    GOOD = auto()
    CAREFUL = auto()


@dataclass(frozen=True, slots=True)
class Button:
    """Something to touch; without an event it only shows."""

    label: str
    event: Event | None
    role: Role = Role.PLAIN
    icon: str = ""
    detail: str = ""
    spoken: str = ""

    def __post_init__(self) -> None:
        """Speak the label unless told otherwise."""
        if not self.spoken:
            object.__setattr__(self, "spoken", f"{self.label}. {self.detail}" if self.detail else self.label)


@dataclass(frozen=True, slots=True)
class Tiles:
    """Buttons of one kind under a title; `columns_wanted` is how many stand side by side where there is room.

    Where there is not room for all, `more` takes the last place.
    """

    buttons: tuple[Button, ...]
    title: str = ""
    columns_wanted: int = 1
    more: Button | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A title in the text; level 1 is a chapter's, level 0 a question's."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str
    indent: int = 0
    strong: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """An item of a list; the icon stands for its mark."""

    text: str
    indent: int = 0
    icon: str = "circle"


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark set apart on a card of its own."""

    icon: str
    title: str
    texts: tuple[str, ...]
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True)
class Answers:
    """What the citizen has said, with the way to say something else."""

    label: str
    texts: tuple[str, ...]
    change: Button | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to know, large, in the middle."""

    icon: str
    title: str
    text: str
    tone: Tone = Tone.CALM


@dataclass(frozen=True, slots=True)
class Numbers:
    """Telephone numbers, each with what it is for."""

    title: str
    numbers: tuple[tuple[str, str], ...]


Block: TypeAlias = Tiles | Heading | Prose | Point | Remark | Answers | Message | Numbers


@dataclass(frozen=True, slots=True)
class Passage:
    """A few lines to read, the blocks from `first` to `last`: the keys stop at them, so that a long text scrolls."""

    first: int
    last: int
    spoken: str


Stop: TypeAlias = Button | Passage


@dataclass(frozen=True, slots=True)
class Field:
    """The search field, and what was typed."""

    text: str
    hint: str
    touch: Button | None = None


@dataclass(frozen=True, slots=True)
class Banner:
    """A short message across the top."""

    text: str
    icon: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class IdleWarning:
    """What covers the screen before a session is wiped."""

    title: str
    text: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything a painter needs.

    `walk` names the text being read: its scroll starts over when it changes. `anchor` is the block to bring to the
    top when it changes. A banner passes; `trouble`, what does not serve, stays as long as it does not. What the body
    of a `personal` one says is for its citizen's ears alone. `focus` is where the pad's keys have come to.
    """

    kind: Kind
    title: str
    footer: tuple[Button, ...]
    over_title: str = ""
    structure: str = ""
    body: tuple[Block, ...] = ()
    rail: tuple[Button, ...] = ()
    field: Field | None = None
    keyboard: tuple[tuple[Button, ...], ...] = ()
    banner: Banner | None = None
    trouble: Banner | None = None
    warning: IdleWarning | None = None
    progress: tuple[int, int] | None = None
    walk: str = ""
    anchor: int | None = None
    spoken: str = ""
    personal: bool = False
    focus: Stop | None = None

    def buttons(self) -> tuple[Button, ...]:
        """Return every button, in reading order; a warning covers all others."""
        if self.warning:
            return self.warning.buttons
        inside = (button for block in self.body for button in _buttons_of(block))
        keys = (key for row in self.keyboard for key in row)
        touch = (self.field.touch,) if self.field and self.field.touch else ()
        return (*touch, *inside, *self.rail, *keys, *self.footer)


def _buttons_of(block: Block) -> tuple[Button, ...]:
    match block:
        case Tiles(buttons=buttons, more=more):
            return (*buttons, more) if more else buttons
        case Answers(change=Button() as change):
            return (change,)
        case _:
            return ()

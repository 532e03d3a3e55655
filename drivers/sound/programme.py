"""What is said next, and what is not said any more. No I/O.

    CALL     "ticket 12, counter 3": for whoever waits; goes before all else, and cuts a reading short
    BEEP     an answer to a touch
    READING  the screen, spoken for whoever does not see it

One of each kind waits at most: a newer one replaces it, and cuts a reading or a call of its kind short (the screen it
read is not there any more). What is not said is told with its reason and never comes by itself later. The end of a
session ends its beeps and readings; calls belong to the room. Personal text is said to headphones alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from drivers.news import Jack, Unsaid

if TYPE_CHECKING:
    from drivers.sound.tones import Beep


class Kind(IntEnum):
    """What is said first is first here."""

    CALL = 0
    BEEP = 1
    READING = 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to be heard: a beep, a text, or one after the other. `repr` never shows the text."""

    id: int
    kind: Kind
    text: str = field(default="", repr=False)
    beep: Beep | None = None
    personal: bool = False


Dropped = list[tuple[Utterance, Unsaid]]


class Programme:
    """What waits, and what is being said."""

    def __init__(self) -> None:
        self._waiting: dict[Kind, Utterance] = {}
        self._saying: Utterance | None = None
        self._cut: Unsaid | None = None

    def add(self, utterance: Utterance) -> Dropped:
        """Take an utterance; return what is not said because of it."""
        saying = self._saying
        if saying is not None and self._cut is None:
            if saying.kind is utterance.kind is not Kind.BEEP:
                self._cut = Unsaid.REPLACED
            elif utterance.kind is Kind.CALL and saying.kind is Kind.READING:
                self._cut = Unsaid.INTERRUPTED
        replaced = self._waiting.pop(utterance.kind, None)
        self._waiting[utterance.kind] = utterance
        return [] if replaced is None else [(replaced, Unsaid.REPLACED)]

    def end_session(self) -> Dropped:
        """End what belongs to a citizen; return what of it waited."""
        if self._saying is not None and self._saying.kind is not Kind.CALL and self._cut is None:
            self._cut = Unsaid.ENDED
        return [(self._waiting.pop(kind), Unsaid.ENDED) for kind in (Kind.BEEP, Kind.READING) if kind in self._waiting]

    def next(self, jack: Jack) -> tuple[Utterance | None, Dropped]:
        """Return what is to be said now, if anything, and what may not be said."""
        dropped: Dropped = []
        for kind in Kind:
            utterance = self._waiting.pop(kind, None)
            if utterance is None:
                continue
            if utterance.personal and jack is not Jack.HEADPHONES:
                dropped.append((utterance, Unsaid.NO_HEADPHONES))
                continue
            self._saying, self._cut = utterance, None
            return utterance, dropped
        return None, dropped

    def cut(self, jack: Jack) -> Unsaid | None:
        """Return why what is being said must stop at once, None where it may go on."""
        if self._cut is None and self._saying is not None and self._saying.personal and jack is not Jack.HEADPHONES:
            self._cut = Unsaid.NO_HEADPHONES
        return self._cut

    def said(self) -> None:
        """Note that nothing is being said any more."""
        self._saying = self._cut = None

    def drop_all(self) -> Dropped:
        """Return all that waits, which will not be said: the output does not serve."""
        dropped = [(utterance, Unsaid.NO_SOUND) for _, utterance in sorted(self._waiting.items())]
        self._waiting.clear()
        return dropped

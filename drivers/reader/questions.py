"""Which badges want their PIN, and the PINs that were entered for them. Adapter (threads).

    ask(reader) ─► number ─► PinAsked ─► answer(number, pin) ─► next() ─► shown to that badge; wrong: reopen

Promise: a PIN is shown to no card but the badge whose question it answers, and to that one once. Any thread may call.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.reader.pin import Pin


@dataclass(frozen=True, slots=True)
class Answer:
    """A PIN for the badge in a reader, and the number of the question that it answers."""

    reader: str
    number: int
    pin: Pin


class Questions:
    """The questions that are open: one a reader at most."""

    def __init__(self) -> None:
        self._door = threading.Lock()  # guards all below
        self._numbers = itertools.count(1)
        self._open: dict[str, int] = {}
        self._answers: list[Answer] = []

    def ask(self, reader: str) -> int:
        """Open a question for the badge in `reader`; return its number."""
        with self._door:
            self._open[reader] = number = next(self._numbers)
            return number

    def reopen(self, answer: Answer) -> None:
        """Let a question be answered once more: its PIN was wrong."""
        with self._door:
            self._open[answer.reader] = answer.number

    def answer(self, number: int, pin: Pin) -> None:
        """Take a PIN for a question, and close it; forgotten at once where it is not open any more."""
        with self._door:
            for reader in [reader for reader, asked in self._open.items() if asked == number]:
                del self._open[reader]
                self._answers.append(Answer(reader, number, pin))

    def next(self) -> Answer | None:
        """Return the next PIN to be shown, and forget it here."""
        with self._door:
            return self._answers.pop(0) if self._answers else None

    def gone(self, reader: str) -> None:
        """Forget what is asked and answered for the badge in `reader`: it was taken out."""
        with self._door:
            self._open.pop(reader, None)
            self._answers = [answer for answer in self._answers if answer.reader != reader]

    def forget(self) -> None:
        """Forget all questions and PINs."""
        with self._door:
            self._open.clear()
            self._answers.clear()

"""Takes a scanner's answers out of what it sends, so that none is ever taken for a code. No I/O.

Promise: how the bytes are chunked never matters, no bytes raise anything, and what is no answer comes out unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.scanner.model import Answer

# The longest that we ask for is a name and its versions. What begins like an answer and is longer is a code.
MAX_ANSWER_BYTES = 256


class Sieve:
    """Feed it bytes as they arrive; it returns those that are no part of an answer."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers = answers
        self._held = b""
        self._behind = b""
        self.answers = 0
        """How many answers came."""

    @property
    def pending(self) -> bool:
        """Whether it waits for an answer's end, or for what stands behind it: call `flush` when that does not come."""
        return bool(self._held or self._behind)

    def receive(self, data: bytes) -> bytes:
        """Return what `data` completes and is no answer."""
        self._held += data
        out = bytearray()
        while self._held:
            if self._behind:
                if self._held[0] in self._behind:
                    self._held = self._held[1:]
                self._behind = b""
                continue
            size, is_answer = self._next()
            if not size:
                break
            if is_answer:
                self.answers += 1
            else:
                out += self._held[:size]
            self._held = self._held[size:]
        return bytes(out)

    def flush(self) -> bytes:
        """Nothing came for a while: return what was held, for it is no answer."""
        held, self._held = self._held, b""
        self._behind = b""
        return held

    def _next(self) -> tuple[int, bool]:
        """Return how many bytes can be decided now, and whether they are an answer."""
        at, answer = self._first()
        if answer is None:
            return len(self._held) - self._beginning(), False
        if at:
            return at, False
        size = _size(answer, self._held)
        if size:
            self._behind = answer.behind
        elif len(self._held) >= MAX_ANSWER_BYTES:
            return 1, False
        return size, True

    def _first(self) -> tuple[int, Answer | None]:
        found = [(self._held.find(answer.start), order) for order, answer in enumerate(self._answers)]
        at, order = min(((at, order) for at, order in found if at >= 0), default=(-1, -1))
        return at, self._answers[order] if at >= 0 else None

    def _beginning(self) -> int:
        """Return how many of the last bytes may be the beginning of an answer."""
        longest = max((len(answer.start) for answer in self._answers), default=1) - 1
        for size in range(min(longest, len(self._held)), 0, -1):
            if any(answer.start.startswith(self._held[-size:]) for answer in self._answers):
                return size
        return 0


def _size(answer: Answer, data: bytes) -> int:
    """Return the size of the answer at the beginning of `data`; 0 where its end has not come."""
    if not answer.ends:
        return len(answer.start)
    searched = data[:MAX_ANSWER_BYTES]
    ends = [(searched.find(end, len(answer.start)), len(end)) for end in answer.ends]
    return min((at + length for at, length in ends if at >= 0), default=0)

"""Asking the hub for parts of files, over a link that loses messages and falls silent. No I/O.

    wished ──next()──► in flight ──given()──► given
       ▲                  │ patience at an end, link down, a part left out
       └──────────────────┘

Few fetches are in flight at once, each with one answer, and no more is asked for than the cap allows, so that records
never queue behind a pack. Who does not answer is asked again, more and more seldom. Time is that of a clock which never
jumps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.supply.message import MAX_GIVEN_BYTES, MAX_RANGES, VERSION, Fetch, Range

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sync.supply.message import Given, Part

# Two answers of 48 kB under way fill a link of 3 Mbit/s with a round trip of 250 ms.
_WINDOW = 2
# 96 kB on 80 kbit/s take ten seconds.
_PATIENCE_S = 15.0
_MOST_PATIENCE_S = 300.0


@dataclass(slots=True)
class _InFlight:
    ranges: dict[tuple[str, int], Range]
    until_s: float


class Asking:
    """What is wished for, what is in flight, and when to ask again."""

    def __init__(self, bytes_per_s: float) -> None:
        self._bytes_per_s = bytes_per_s
        self._free_s = 0.0
        self._wished: deque[Range] = deque()
        self._in_flight: dict[int, _InFlight] = {}
        self._number = 0
        self._patience_s = _PATIENCE_S

    @property
    def left_bytes(self) -> int:
        """How much is still to come, as far as is known."""
        under_way = (each for flight in self._in_flight.values() for each in flight.ranges.values())
        return sum(each.length for each in (*self._wished, *under_way))

    @property
    def late_s(self) -> float | None:
        """When `ticked` has a fetch to give up."""
        return min((flight.until_s for flight in self._in_flight.values()), default=None)

    @property
    def free_s(self) -> float | None:
        """When `next` has a fetch to send; None where nothing is wished for, or enough is in flight."""
        return self._free_s if self._wished and len(self._in_flight) < _WINDOW else None

    def want(self, ranges: Iterable[Range]) -> None:
        """Wish for these as well."""
        self._wished.extend(ranges)

    def forget(self) -> None:
        """Wish for nothing; what still comes is passed over."""
        self._wished.clear()
        self._in_flight.clear()

    def next(self, now_s: float) -> Fetch | None:
        """Return the next fetch to send; None where nothing is wished for, or enough is in flight or came just now."""
        if self.free_s is None or now_s < self._free_s:
            return None
        ranges: dict[tuple[str, int], Range] = {}
        room_bytes = MAX_GIVEN_BYTES
        while self._wished and len(ranges) < MAX_RANGES and self._wished[0].length <= room_bytes:
            found = self._wished.popleft()
            ranges[found.name, found.first] = found
            room_bytes -= found.length
        self._number += 1
        self._in_flight[self._number] = _InFlight(ranges, now_s + self._patience_s)
        return Fetch(VERSION, self._number, tuple(ranges.values()))

    def given(self, given: Given, size_bytes: int, now_s: float) -> tuple[Part, ...]:
        """Return what was asked for of an answer of this size; what it leaves out is wished for again.

        An answer that brings nothing is none: it is waited for until the patience ends, so that whoever answers so
        is not asked more often than whoever is silent.
        """
        self._free_s = max(self._free_s, now_s) + size_bytes / self._bytes_per_s
        flight = self._in_flight.get(given.number)
        if flight is None:
            return ()
        found = {}
        for part in given.parts:
            place = (part.name, part.first)
            if place in flight.ranges and _is_answer(part, flight.ranges[place]):
                found[place] = part
        if found:
            for place in found:
                del flight.ranges[place]
            del self._in_flight[given.number]
            self._again(flight)
            self._patience_s = _PATIENCE_S
        return tuple(found.values())

    def ticked(self, now_s: float) -> None:
        """Wish again for what was not answered in time."""
        late = [number for number, flight in self._in_flight.items() if flight.until_s <= now_s]
        for number in late:
            self._again(self._in_flight.pop(number))
        if late:
            self._patience_s = min(_MOST_PATIENCE_S, 2 * self._patience_s)

    def link_down(self) -> None:
        """Wish again for all that is in flight, and be patient anew: another link may be a better one."""
        for number in list(self._in_flight):
            self._again(self._in_flight.pop(number))
        self._patience_s = _PATIENCE_S

    def _again(self, flight: _InFlight) -> None:
        self._wished.extendleft(reversed(flight.ranges.values()))


def _is_answer(part: Part, asked: Range) -> bool:
    """Return whether a part is all of its range, or what the file has of it; or says that there is no such file."""
    there = 0 if part.total is None else max(0, part.total - part.first)
    return len(part.content) == min(asked.length, there)

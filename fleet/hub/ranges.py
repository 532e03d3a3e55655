"""Ranges of sequence numbers (first, last), both included. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sync.chain import Range


def union(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the numbers in any of `ranges`: in order, none twice, neighbours joined."""
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def without(ranges: Iterable[Range], taken: Sequence[Range]) -> tuple[Range, ...]:
    """Return the numbers in `ranges` that are in none of `taken`; both as `union` returns them."""
    left: list[Range] = []
    place = 0
    for range_first, last in ranges:
        first = range_first
        while place < len(taken) and taken[place][1] < first:
            place += 1
        within = place
        while within < len(taken) and taken[within][0] <= last:
            if taken[within][0] > first:
                left.append((first, taken[within][0] - 1))
            first = taken[within][1] + 1
            within += 1
        if first <= last:
            left.append((first, last))
    return tuple(left)


def count(ranges: Iterable[Range]) -> int:
    """Return how many numbers there are in `ranges`, of which no two overlap."""
    return sum(last - first + 1 for first, last in ranges)

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
    for range_first, range_last in ranges:
        first = range_first
        for taken_first, taken_last in taken:
            if taken_last < first or taken_first > range_last:
                continue
            if taken_first > first:
                left.append((first, taken_first - 1))
            first = taken_last + 1
        if first <= range_last:
            left.append((first, range_last))
    return tuple(left)


def count(ranges: Iterable[Range]) -> int:
    """Return how many numbers there are in `ranges`, of which no two overlap."""
    return sum(last - first + 1 for first, last in ranges)

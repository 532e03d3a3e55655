"""Ranges of numbers, against sets of numbers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fleet.hub.ranges import count, union, without

RANGES = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9)).map(lambda pair: (pair[0], pair[0] + pair[1])))


def numbers(ranges):
    return {n for first, last in ranges for n in range(first, last + 1)}


@given(RANGES)
def test_a_union_holds_the_same_numbers_in_order_and_apart(ranges):
    joined = union(ranges)
    assert numbers(joined) == numbers(ranges)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(joined))
    assert count(joined) == len(numbers(ranges))


@given(RANGES, RANGES)
def test_what_is_left_is_what_was_not_taken(ranges, taken):
    assert numbers(without(union(ranges), union(taken))) == numbers(ranges) - numbers(taken)

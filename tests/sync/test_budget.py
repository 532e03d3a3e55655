"""What may go over a link that is paid by the byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.budget import Budget


def test_a_link_that_costs_nothing_has_no_limit():
    assert Budget().may_send(1 << 40, now_s=0)
    assert Budget().next_s(1 << 40, now_s=0) is None


def test_an_hours_worth_may_go_at_once_and_then_no_more():
    budget = Budget(36_000)
    budget.sent(36_000, now_s=0)
    assert not budget.may_send(1_000, now_s=0)
    assert budget.next_s(1_000, now_s=0) == pytest.approx(100)
    assert budget.may_send(1_000, now_s=100.001)


def test_what_is_urgent_is_paid_by_what_is_not():
    budget = Budget(36_000)
    budget.sent(37_000, now_s=0)
    assert not budget.may_send(1, now_s=50)
    assert budget.may_send(1, now_s=101)


def test_a_frame_larger_than_the_hours_worth_goes_once_it_is_all_saved():
    budget = Budget(1_000)
    assert budget.may_send(16_000, now_s=0)


@given(st.lists(st.tuples(st.floats(0, 5_000), st.integers(1, 50_000)), max_size=50))
def test_no_more_goes_in_any_time_than_was_saved_and_earned(wishes):
    budget, now_s, gone = Budget(100_000), 0.0, 0
    for passed_s, size_bytes in wishes:
        now_s += passed_s
        if budget.may_send(size_bytes, now_s):
            budget.sent(size_bytes, now_s)
            gone += size_bytes
    assert gone <= 100_000 + 100_000 * now_s / 3_600 + 1

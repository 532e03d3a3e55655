"""How much a device may send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fleet.hub.allowance import Bucket


def test_a_bucket_gives_its_size_at_once_and_then_its_rate():
    bucket = Bucket(rate_s=10, size=100)
    assert bucket.holds(100, 50.0)
    bucket.take(100)
    assert not bucket.holds(11, 51.0)
    assert bucket.holds(10, 51.0)


def test_a_bucket_that_rested_for_a_year_holds_no_more_than_its_size():
    bucket = Bucket(rate_s=10, size=100)
    assert not bucket.holds(101, 31_536_000.0)


@given(st.lists(st.tuples(st.floats(0, 10), st.integers(1, 200)), max_size=60))
def test_whatever_comes_no_more_goes_through_than_size_and_rate_allow(arrivals):
    bucket, now_s, taken = Bucket(rate_s=7, size=150), 0.0, 0
    for wait_s, tokens in arrivals:
        now_s += wait_s
        if bucket.holds(tokens, now_s):
            bucket.take(tokens)
            taken += tokens
    assert taken <= 150 + 7 * now_s + 1e-6

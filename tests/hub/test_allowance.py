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
    assert bucket.holds(100, 31_536_000.0)
    bucket.take(100)
    assert not bucket.holds(1, 31_536_000.0)


def test_what_is_larger_than_the_bucket_goes_out_of_a_full_one_and_is_owed():
    bucket = Bucket(rate_s=10, size=50)
    assert bucket.holds(100, 0.0)
    bucket.take(100)
    assert not bucket.holds(100, 9.9)
    assert bucket.holds(100, 10.0)


@given(st.lists(st.tuples(st.floats(0, 10), st.integers(1, 200)), max_size=60))
def test_whatever_comes_no_more_goes_through_than_size_and_rate_allow(arrivals):
    bucket, now_s, taken = Bucket(rate_s=7, size=150), 0.0, 0
    for wait_s, tokens in arrivals:
        now_s += wait_s
        if bucket.holds(tokens, now_s):
            bucket.take(tokens)
            taken += tokens
    assert taken <= 200 + 7 * now_s + 1e-6


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_a_device_that_sends_again_and_again_gets_everything_through(sizes):
    bucket, now_s = Bucket(rate_s=7, size=150), 0.0
    for tokens in sizes:
        while not bucket.holds(tokens, now_s):
            now_s += 1.0
        bucket.take(tokens)
    assert now_s <= sum(sizes) / 7 + len(sizes)

"""Asking: every byte that is wished for is asked for until it comes, and never more than a little at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.supply.asking import Asking
from sync.supply.message import MAX_GIVEN_BYTES, VERSION, Given, Part, Range

FILE = "targets/content/0.all.sheets"
FAST = 1e9


def ranges(*sizes):
    found, first = [], 0
    for size in sizes:
        found.append(Range(FILE, first, size))
        first += size
    return found


def answer(fetch, total=10**6):
    return Given(VERSION, fetch.number, tuple(Part(r.name, r.first, total, bytes(r.length)) for r in fetch.ranges))


def test_two_fetches_are_under_way_and_no_third():
    asking = Asking(FAST)
    asking.want(ranges(*[MAX_GIVEN_BYTES] * 3))
    assert asking.next(0.0).ranges[0].first == 0
    assert asking.next(0.0).ranges[0].first == MAX_GIVEN_BYTES
    assert asking.next(0.0) is None


def test_small_ranges_travel_together():
    asking = Asking(FAST)
    asking.want(ranges(1000, 2000, 45_000, 1))
    assert [each.length for each in asking.next(0.0).ranges] == [1000, 2000, 45_000]


def test_what_is_not_answered_in_time_is_asked_for_again_first_and_later_each_time():
    asking = Asking(FAST)
    asking.want(ranges(*[MAX_GIVEN_BYTES] * 2))
    waits, now_s = [], 0.0
    for _ in range(8):
        assert asking.next(now_s).ranges[0].first == 0
        waits.append(asking.late_s - now_s)
        now_s = asking.late_s
        asking.ticked(now_s)
    assert waits == [15, 30, 60, 120, 240, 300, 300, 300]


def test_an_answer_that_brings_nothing_is_waited_on_like_silence():
    asking = Asking(FAST)
    asking.want(ranges(100))
    fetch = asking.next(0.0)
    assert asking.given(Given(VERSION, fetch.number, ()), 10, 1.0) == ()
    assert asking.next(1.0) is None
    assert asking.late_s == 15.0


def test_what_was_not_asked_for_is_not_taken():
    asking = Asking(FAST)
    asking.want(ranges(100, 200))
    fetch = asking.next(0.0)
    strange = (
        Part("metadata/1.root.json", 0, 100, bytes(100)),
        Part(FILE, 1, 300, bytes(100)),
        Part(FILE, 0, 300, bytes(99)),
        Part(FILE, 0, 300, bytes(101)),
        Part(FILE, 100, 300, bytes(200)),
        Part(FILE, 100, 300, bytes(200)),
    )
    assert asking.given(Given(VERSION, fetch.number, strange), 10, 0.0) == strange[4:5]
    assert asking.given(answer(fetch), 10, 0.0) == ()
    assert asking.next(1.0).ranges == (Range(FILE, 0, 100),)


def test_the_end_of_a_file_may_be_nearer_than_was_asked():
    asking = Asking(FAST)
    asking.want([Range("metadata/timestamp.json", 0, 48_000)])
    fetch = asking.next(0.0)
    part = Part("metadata/timestamp.json", 0, 600, bytes(600))
    assert asking.given(Given(VERSION, fetch.number, (part,)), 600, 0.0) == (part,)


def test_a_link_that_falls_gives_back_what_was_under_way_in_its_order():
    asking = Asking(FAST)
    asking.want(ranges(*[MAX_GIVEN_BYTES] * 3))
    first = asking.next(0.0)
    asking.link_down()
    assert asking.next(0.0).ranges == first.ranges


def test_no_more_comes_in_a_second_than_the_cap_allows():
    asking = Asking(1000.0)
    asking.want(ranges(500, MAX_GIVEN_BYTES))
    asking.given(answer(asking.next(0.0)), 500, 0.0)
    assert asking.next(0.4) is None
    assert asking.next(0.5) is not None


@given(
    st.lists(st.integers(1, MAX_GIVEN_BYTES), min_size=1, max_size=60),
    st.lists(st.sampled_from(["answer", "late", "lose", "fall", "half", "again"]), max_size=200),
)
def test_whatever_the_line_does_each_range_comes_once(sizes, weather):
    asking = Asking(FAST)
    asking.want(ranges(*sizes))
    came, old, now_s = [], [], 0.0
    for what in (*weather, *["answer"] * 200):
        now_s += 0.001
        fetch = asking.next(now_s)
        if fetch is not None:
            old.append(fetch)
        if not old:
            continue
        match what:
            case "late" | "lose":
                old.pop()
                now_s = asking.late_s or now_s
                asking.ticked(now_s)
            case "fall":
                asking.link_down()
            case "half":
                said = answer(old[-1])
                came += asking.given(Given(VERSION, said.number, said.parts[::2]), 0, now_s)
            case "again":
                came += asking.given(answer(old[0]), 0, now_s)
            case _:
                came += asking.given(answer(old.pop(0)), 0, now_s)
        assert asking.left_bytes + sum(len(part.content) for part in came) == sum(sizes)
    while asking.left_bytes:
        now_s = max(now_s + 0.001, asking.late_s or 0.0)
        asking.ticked(now_s)
        while (fetch := asking.next(now_s)) is not None:
            came += asking.given(answer(fetch), 0, now_s)
    assert sorted(part.first for part in came) == [each.first for each in ranges(*sizes)]

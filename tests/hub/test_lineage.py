"""Which stream follows which."""

from __future__ import annotations

from fleet.hub.lineage import Finding, Kind, Opened, Reached, findings
from sync.chain import Tip
from sync.seal import Predecessor

A, B, C = (bytes([n]) * 16 for n in (1, 2, 3))
CHAIN, OTHER = bytes(32), bytes([1]) * 32
LANE = "kiosk.ordinary"


def after(stream, seq=5, chain=CHAIN):
    return Predecessor(stream, seq, chain)


def reached(seq, last_seq=None, chain=CHAIN, *, lossy=False):
    return Reached(Tip(seq, chain), last_seq or seq, lossy)


def test_streams_that_follow_each_other_are_no_finding():
    streams = [Opened(A, LANE, None), Opened(B, LANE, after(A)), Opened(C, LANE, after(B, 3))]
    assert findings(streams, {A: reached(5), B: reached(3), C: reached(1)}) == []


def test_each_lane_has_a_lineage_of_its_own():
    streams = [Opened(A, "kiosk.urgent", None), Opened(B, LANE, None), Opened(C, LANE, after(B))]
    assert findings(streams, {A: reached(5), B: reached(5), C: reached(1)}) == []


def test_a_predecessor_of_which_nothing_came_is_named():
    assert findings([Opened(B, LANE, after(A))], {B: reached(1)}) == [Finding(Kind.PREDECESSOR_UNKNOWN, LANE, B, A)]


def test_a_predecessor_whose_end_has_not_come_is_named():
    streams = [Opened(A, LANE, None), Opened(B, LANE, after(A, 9))]
    assert findings(streams, {A: reached(5), B: reached(1)}) == [Finding(Kind.PREDECESSOR_SHORT, LANE, B, A)]


def test_a_card_put_back_to_an_earlier_day_is_named():
    streams = [Opened(A, LANE, None), Opened(B, LANE, after(A, 5))]
    assert findings(streams, {A: reached(7), B: reached(1)}) == [Finding(Kind.PREDECESSOR_LONGER, LANE, B, A)]


def test_a_card_put_back_is_seen_though_rows_of_before_are_missing():
    streams = [Opened(A, LANE, None), Opened(B, LANE, after(A, 5))]
    assert findings(streams, {A: reached(3, 9), B: reached(1)}) == [Finding(Kind.PREDECESSOR_LONGER, LANE, B, A)]


def test_a_predecessor_with_another_end_is_named():
    streams = [Opened(A, LANE, None), Opened(B, LANE, after(A, 5, OTHER))]
    assert findings(streams, {A: reached(5), B: reached(1)}) == [Finding(Kind.PREDECESSOR_OTHER, LANE, B, A)]


def test_over_declared_losses_the_chains_differ_and_that_is_no_finding():
    streams = [Opened(A, LANE, None), Opened(B, LANE, after(A, 5, OTHER))]
    assert findings(streams, {A: reached(5, lossy=True), B: reached(1)}) == []


def test_a_cloned_card_is_named_by_its_two_successors():
    streams = [Opened(A, LANE, None), Opened(B, LANE, after(A)), Opened(C, LANE, after(A))]
    known = {A: reached(5), B: reached(1), C: reached(1)}
    assert findings(streams, known) == [Finding(Kind.TWO_SUCCESSORS, LANE, C, B)]


def test_a_lane_that_begins_a_second_time_is_named():
    streams = [Opened(A, LANE, None), Opened(B, LANE, None)]
    assert findings(streams, {A: reached(5), B: reached(1)}) == [Finding(Kind.BEGUN_ANEW, LANE, B, A)]

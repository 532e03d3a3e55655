"""Both ends of the ledger, each on its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.chain import Row, Tip, start
from sync.frame import UNKNOWN_CHAIN, make_frame
from sync.ledger import DeviceLedger, Fork, ForkKind, Received, Send, advance, missing, receive

A, B = bytes(16), bytes([1]) * 16


@pytest.fixture
def ledger():
    made = DeviceLedger(window=2, patience_s=5)
    made.queued(A, 300, 0)
    made.link_up()
    return made


def test_nothing_is_sent_without_a_link():
    ledger = DeviceLedger()
    ledger.queued(A, 3, 0)
    assert ledger.next_send() is None


def test_no_more_than_the_window_is_in_flight(ledger):
    ledger.sent(A, 100, now_s=0)
    assert ledger.next_send() == Send(A, 101, 300)
    ledger.sent(A, 200, now_s=0)
    assert ledger.next_send() is None


def test_an_answer_opens_the_window_again(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.sent(A, 200, now_s=0)
    ledger.confirmed(A, 100)
    assert ledger.next_send() == Send(A, 201, 300)


def test_an_unanswered_frame_is_sent_again_from_what_is_stored(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.sent(A, 200, now_s=0)
    ledger.ticked(now_s=4.9)
    assert ledger.next_send() is None
    ledger.ticked(now_s=5)
    assert ledger.next_send() == Send(A, 1, 300)


def test_a_new_link_sends_again_what_was_in_flight(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.link_down()
    ledger.link_up()
    assert ledger.next_send() == Send(A, 1, 300)


def test_a_hub_that_came_back_is_sent_again_what_was_in_flight(ledger):
    ledger.sent(A, 100, now_s=0)
    ledger.hub_up()
    assert ledger.next_send() == Send(A, 1, 300)


def test_the_oldest_stream_goes_first(ledger):
    ledger.queued(B, 2, 0)
    assert ledger.next_send().stream == A
    ledger.sent(A, 300, now_s=0)
    assert ledger.next_send() == Send(B, 1, 2)


def test_what_somebody_waits_for_goes_before_what_is_older(ledger):
    ledger.queued(B, 2, 0, urgent=True)
    assert ledger.next_send() == Send(B, 1, 2, urgent=True)


def test_of_a_late_frame_only_what_the_hub_wants_is_sent_again(ledger):
    ledger.window = 4
    for last_seq in (100, 200, 300):
        ledger.sent(A, last_seq, now_s=0)
    ledger.confirmed(A, 100, want=[(101, 200)])
    assert ledger.ticked(now_s=5)
    assert ledger.next_send() == Send(A, 101, 200)
    ledger.sent(A, 200, now_s=5)
    assert ledger.next_send() is None
    ledger.confirmed(A, 300)
    assert ledger.outstanding() == 0


def test_a_wish_that_was_met_without_an_answer_leads_to_all_of_it(ledger):
    ledger.window = 4
    ledger.sent(A, 300, now_s=0)
    ledger.confirmed(A, 100, want=[(101, 200)])
    ledger.ticked(now_s=5)
    ledger.sent(A, 200, now_s=5)
    ledger.confirmed(A, 200)
    assert ledger.next_send() == Send(A, 201, 300)


def rows(first, last, fill=b"x"):
    return tuple(Row(seq, seq, fill) for seq in range(first, last + 1))


def after(tip, *added):
    for row in added:
        tip = tip.after(row)
    return tip


BEGIN = start("kiosk-1", A)


def frame(first, last, before=None, fill=b"x"):
    chain = after(BEGIN, *rows(1, first - 1)).chain if before is None else before
    return make_frame("kiosk-1", A, chain, rows(first, last, fill))


def test_a_frame_in_order_moves_the_tip():
    outcome = receive(BEGIN, {}, frame(1, 3))
    assert outcome == Received(rows(1, 3), after(BEGIN, *rows(1, 3)))


def test_a_frame_from_ahead_is_kept_and_the_tip_waits():
    assert receive(BEGIN, {}, frame(4, 6)) == Received(rows(4, 6), BEGIN)


def test_the_missing_frame_closes_the_gap():
    held = {row.seq: row for row in rows(4, 6)}
    assert receive(BEGIN, held, frame(1, 3)).tip == after(BEGIN, *rows(1, 6))


def test_a_frame_that_comes_twice_changes_nothing():
    tip = after(BEGIN, *rows(1, 3))
    held = {row.seq: row for row in rows(1, 3)}
    assert receive(tip, held, frame(1, 3)) == Received((), tip)


def test_another_row_under_a_stored_number_is_a_named_fork():
    tip = after(BEGIN, *rows(1, 3))
    held = {row.seq: row for row in rows(1, 3)}
    assert receive(tip, held, frame(2, 4, fill=b"y")) == Fork(ForkKind.OTHER_ROW, 2)


def test_rows_after_another_history_are_a_named_fork():
    tip = after(BEGIN, *rows(1, 3))
    assert receive(tip, {}, frame(4, 5, before=bytes([1]) * 32)) == Fork(ForkKind.OTHER_CHAIN, 4)


def test_a_frame_cut_before_the_rows_before_it_were_lost_is_no_fork():
    early = frame(7, 8)
    tip = advance(after(BEGIN, *rows(1, 4)), {}, ((5, 6),))
    assert receive(tip, {}, early, ((5, 6),)).tip.seq == 8


def test_rows_that_the_device_has_lost_are_passed_over_by_a_link_that_shows_it():
    tip = after(BEGIN, *rows(1, 3))
    late = make_frame("kiosk-1", A, UNKNOWN_CHAIN, rows(6, 7))
    outcome = receive(tip, {}, late, lost=[(4, 5)])
    assert outcome == Received(rows(6, 7), after(tip.over(5), *rows(6, 7)))
    assert outcome.tip != after(BEGIN, *rows(1, 7))


def test_a_row_that_is_held_counts_whatever_was_declared_lost():
    tip = advance(BEGIN, {2: rows(2, 2)[0]}, lost=[(1, 3)])
    assert tip == after(BEGIN.over(1), *rows(2, 2)).over(3)


def test_a_lost_row_that_comes_by_another_carrier_is_stored_late():
    tip = after(BEGIN, *rows(1, 3)).over(5)
    assert receive(tip, {}, frame(4, 5), lost=[(4, 5)]) == Received(rows(4, 5), tip)


def test_rows_after_a_gap_wait_until_the_gap_is_declared():
    assert receive(BEGIN, {}, make_frame("kiosk-1", A, UNKNOWN_CHAIN, rows(1, 1))) == Received((), BEGIN)


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_the_tip_passes_what_is_held_or_lost_and_stops_at_what_is_neither(held, gone):
    lost = missing(Tip(0, b""), {n for n in range(1, 62) if n not in gone})
    tip = advance(BEGIN, {n: Row(n, n, b"x") for n in held}, lost)
    assert tip.seq == next(n for n in range(62) if n + 1 not in held | gone)


@given(st.integers(0, 20), st.sets(st.integers(1, 40)))
def test_what_is_missing_and_what_is_held_make_up_all_beyond_the_tip(seq, held):
    ranges = missing(Tip(seq, b""), {n for n in held if n > seq})
    named = {n for first, last in ranges for n in range(first, last + 1)}
    beyond = {n for n in held if n > seq}
    assert named | beyond == set(range(seq + 1, max(beyond, default=seq) + 1))
    assert not named & beyond

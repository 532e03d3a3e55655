"""One paper and how sure we are of it: every event through both ends, the driver's and the printer's."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Fault
from drivers.printer.job import (
    ENDED,
    Begun,
    Job,
    Lost,
    Mark,
    Marked,
    Mended,
    OnFault,
    Order,
    Phase,
    Stopped,
    advance,
)

GIVE_UP, CONTINUE, RESTART = OnFault.GIVE_UP, OnFault.CONTINUE, OnFault.RESTART
NO_PAPER = Stopped(Fault.OUT_OF_PAPER)
GONE = Lost(Fault.UNPLUGGED)
BODY, CUT = Marked(Mark.BODY), Marked(Mark.CUT)
faults = st.sampled_from(Fault)
events = st.one_of(
    st.just(Begun()),
    st.builds(Marked, st.sampled_from(Mark)),
    st.builds(Stopped, faults),
    st.just(Mended()),
    st.builds(Lost, faults),
)


def lived(*happened, on_fault=GIVE_UP):
    job, done = Job(), []
    for event in happened:
        job, orders = advance(job, event, on_fault)
        done += orders
    return job, done


def test_a_paper_is_printed_when_its_cut_is_marked():
    job, done = lived(Begun(), BODY, CUT)
    assert (job, done) == (Job(Phase.PRINTED), [Order.SEND_BODY, Order.SEND_CUT])


def test_a_printer_with_a_fault_is_sent_nothing():
    assert lived(NO_PAPER) == (Job(Phase.NOT_PRINTED, Fault.OUT_OF_PAPER), [])


@pytest.mark.parametrize(
    ("happened", "phase"),
    [
        ([Begun(), GONE], Phase.NOT_PRINTED),
        ([Begun(), BODY, GONE], Phase.UNKNOWN),
        ([Begun(), NO_PAPER], Phase.NOT_PRINTED),
        ([Begun(), BODY, NO_PAPER], Phase.UNKNOWN),
        ([Begun(), CUT], Phase.BODY),
        ([Begun(), BODY, BODY], Phase.CUTTING),
        ([Begun(), BODY, CUT, GONE], Phase.PRINTED),
    ],
)
def test_only_between_the_cut_and_its_mark_is_anything_unknown(happened, phase):
    assert lived(*happened)[0].phase is phase


def test_what_is_given_up_is_cleared():
    assert lived(Begun(), NO_PAPER)[1] == [Order.SEND_BODY, Order.CLEAR]
    assert lived(Begun(), GONE)[1] == [Order.SEND_BODY, Order.CLEAR]
    assert lived(Begun(), BODY, GONE)[1] == [Order.SEND_BODY, Order.SEND_CUT, Order.CLEAR]


def test_without_paper_it_goes_on_where_it_stopped_if_so_told():
    job, done = lived(Begun(), NO_PAPER, Mended(), BODY, CUT, on_fault=CONTINUE)
    assert (job, done) == (Job(Phase.PRINTED), [Order.SEND_BODY, Order.SEND_CUT])


def test_without_paper_it_begins_again_behind_a_cut_if_so_told():
    job, done = lived(Begun(), NO_PAPER, Mended(), BODY, CUT, on_fault=RESTART)
    assert job.phase is Phase.PRINTED
    assert done == [Order.SEND_BODY, Order.CLEAR, Order.CUT_OFF, Order.SEND_BODY, Order.SEND_CUT]


def test_a_cover_that_trembles_costs_three_papers_and_no_more():
    tremble = [Stopped(Fault.COVER_OPEN), Mended()]
    job, done = lived(Begun(), *tremble * 10, on_fault=RESTART)
    assert job == Job(Phase.NOT_PRINTED, Fault.COVER_OPEN)
    assert done.count(Order.SEND_BODY) == 3


@pytest.mark.parametrize("on_fault", [CONTINUE, RESTART])
def test_a_paper_which_nobody_helps_is_not_printed_for_its_first_reason(on_fault):
    job, _ = lived(Begun(), NO_PAPER, Lost(Fault.NOT_ANSWERING), on_fault=on_fault)
    assert job == Job(Phase.NOT_PRINTED, Fault.OUT_OF_PAPER)


@pytest.mark.parametrize("on_fault", OnFault)
def test_what_no_roll_mends_is_not_waited_for(on_fault):
    assert lived(Begun(), Stopped(Fault.BROKEN), on_fault=on_fault)[0] == Job(Phase.NOT_PRINTED, Fault.BROKEN)


@given(st.lists(events, max_size=12), st.sampled_from(OnFault))
def test_whatever_happens_printed_means_that_the_cut_was_marked_after_it_was_sent(happened, on_fault):
    job, cut_sent, cut_marked = Job(), False, False
    for event in happened:
        cut_marked |= cut_sent and event == CUT
        job, orders = advance(job, event, on_fault)
        cut_sent |= Order.SEND_CUT in orders
    assert job.phase is not Phase.PRINTED or cut_marked
    assert job.phase is not Phase.NOT_PRINTED or not cut_sent


@given(st.lists(events, max_size=12), st.sampled_from(OnFault))
def test_whatever_happens_no_body_is_sent_after_a_cut_and_none_twice_without_one_between(happened, on_fault):
    _, done = lived(*happened, on_fault=on_fault)
    assert Order.SEND_BODY not in done[done.index(Order.SEND_CUT) :] if Order.SEND_CUT in done else True
    sends = [order for order in done if order in {Order.SEND_BODY, Order.CUT_OFF}]
    assert all(pair != (Order.SEND_BODY, Order.SEND_BODY) for pair in pairwise(sends))


@given(st.lists(events, max_size=12), events, st.sampled_from(OnFault))
def test_an_outcome_is_final(happened, event, on_fault):
    job, _ = lived(*happened, on_fault=on_fault)
    assert job.phase not in ENDED or advance(job, event, on_fault) == (job, [])


@given(st.lists(events, max_size=12), faults, st.sampled_from(OnFault))
def test_who_is_lost_has_an_outcome(happened, fault, on_fault):
    assert lived(*happened, Lost(fault), on_fault=on_fault)[0].ended

"""What a printer's answers mean; nothing unknown is taken for good."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Caution, Fault
from drivers.printer.status import Question, automatic_fault, caution, fault, is_status
from drivers.simulated.switches import Switches

GOOD = dict.fromkeys(Question, 0x12)


def test_of_all_bytes_those_with_the_fixed_bits_are_a_status():
    assert {byte for byte in range(256) if is_status(byte)} == {
        0x12 | a | b for a in (0, 0x04, 0x08, 0x0C) for b in (0, 0x20, 0x40, 0x60)
    }


@pytest.mark.parametrize("question", Question)
def test_of_all_bytes_only_a_status_without_a_fault_is_good(question):
    good = {byte for byte in range(256) if fault({**GOOD, question: byte}) is None}
    assert (
        good
        == {
            Question.PRINTER: {0x12, 0x16, 0x32, 0x36, 0x52, 0x56, 0x72, 0x76},
            Question.OFFLINE_CAUSE: {0x12, 0x1A},
            Question.ERROR_CAUSE: {0x12},
            Question.ROLL_PAPER_SENSOR: {0x12, 0x16, 0x1A, 0x1E},
        }[question]
    )


@pytest.mark.parametrize(
    ("question", "byte", "meaning"),
    [
        (Question.OFFLINE_CAUSE, 0x16, Fault.COVER_OPEN),
        (Question.OFFLINE_CAUSE, 0x32, Fault.OUT_OF_PAPER),
        (Question.OFFLINE_CAUSE, 0x36, Fault.COVER_OPEN),
        (Question.OFFLINE_CAUSE, 0x52, Fault.BROKEN),
        (Question.ERROR_CAUSE, 0x1A, Fault.CUTTER_JAMMED),
        (Question.ERROR_CAUSE, 0x32, Fault.BROKEN),
        (Question.ERROR_CAUSE, 0x52, Fault.OVERHEATED),
        (Question.ROLL_PAPER_SENSOR, 0x72, Fault.OUT_OF_PAPER),
        (Question.PRINTER, 0x1A, Fault.OFFLINE),
        (Question.PRINTER, 0xFF, Fault.NOT_ANSWERING),
        (Question.PRINTER, 0x00, Fault.NOT_ANSWERING),
    ],
)
def test_each_bit_names_its_fault(question, byte, meaning):
    assert fault({**GOOD, question: byte}) is meaning


@pytest.mark.parametrize("question", Question)
def test_a_missing_answer_is_a_fault(question):
    answers = {asked: byte for asked, byte in GOOD.items() if asked is not question}
    assert fault(answers) is Fault.NOT_ANSWERING


@given(st.dictionaries(st.sampled_from(Question), st.integers(0, 255)))
def test_no_answers_raise_anything(answers):
    assert fault(answers) is None or isinstance(fault(answers), Fault)


def test_the_simulator_says_what_its_switches_are():
    for switches, meaning in [
        (Switches(), None),
        (Switches(paper_near_end=True), None),
        (Switches(paper_out=True), Fault.OUT_OF_PAPER),
        (Switches(cutter_jammed=True), Fault.CUTTER_JAMMED),
    ]:
        assert fault({question: switches.status(question) for question in Question}) is meaning
        assert automatic_fault(switches.automatic_status()) is meaning


def test_paper_near_its_end_is_a_caution_and_no_fault():
    answers = {question: Switches(paper_near_end=True).status(question) for question in Question}
    assert (fault(answers), caution(answers)) == (None, Caution.PAPER_NEAR_END)


@given(st.binary(min_size=4, max_size=4))
def test_no_automatic_status_raises_anything(status):
    assert automatic_fault(status) is None or isinstance(automatic_fault(status), Fault)

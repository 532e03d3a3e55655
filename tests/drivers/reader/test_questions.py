"""A PIN answers one question, of one badge, once."""

from __future__ import annotations

import pytest

from drivers.reader.pin import Pin
from drivers.reader.questions import Answer, Questions

RIGHT, WRONG = Pin("2468"), Pin("1357")
LEFT, OTHER = "reader 0", "reader 1"


@pytest.fixture
def questions():
    return Questions()


def test_a_pin_is_given_out_once_and_a_question_takes_one_at_a_time(questions):
    number = questions.ask(LEFT)
    questions.answer(number, RIGHT)
    questions.answer(number, WRONG)  # a key that bounced, before the first was shown
    assert questions.next() == Answer(LEFT, number, RIGHT)
    questions.answer(number, WRONG)  # and while it is shown
    assert questions.next() is None


def test_a_question_may_be_answered_anew_where_its_pin_was_wrong(questions):
    number = questions.ask(LEFT)
    questions.answer(number, WRONG)
    questions.reopen(questions.next())
    questions.answer(number, RIGHT)
    assert questions.next() == Answer(LEFT, number, RIGHT)


def test_two_badges_are_asked_side_by_side(questions):
    left, other = questions.ask(LEFT), questions.ask(OTHER)
    questions.answer(left, RIGHT)
    questions.answer(other, WRONG)
    assert [questions.next(), questions.next()] == [Answer(LEFT, left, RIGHT), Answer(OTHER, other, WRONG)]


@pytest.mark.parametrize("entered_first", [True, False])
def test_a_badge_that_is_gone_takes_its_question_and_its_pin_with_it(questions, entered_first):
    before = questions.ask(LEFT)
    if entered_first:
        questions.answer(before, RIGHT)
    questions.gone(LEFT)
    after = questions.ask(LEFT)
    questions.answer(before, RIGHT)
    assert questions.next() is None
    questions.answer(after, WRONG)
    assert questions.next() == Answer(LEFT, after, WRONG)


def test_nothing_is_kept_of_a_run_that_ended(questions):
    left, other = questions.ask(LEFT), questions.ask(OTHER)
    questions.answer(left, RIGHT)
    questions.forget()
    questions.answer(other, RIGHT)
    assert questions.next() is None

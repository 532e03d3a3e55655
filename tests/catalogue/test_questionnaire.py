"""Answers in words and what they make known."""

import pytest

from catalogue.condition import NOT_PERSONAL_YET
from catalogue.questionnaire import AnswerError, answers_from_words, known
from catalogue.sheet import Choice, Question, Questionnaire

MOVING = Questionnaire((
    Question("Situation", (Choice("Locataire", ("L",), ("P",)), Choice("Propriétaire", ("P",), ("L",)))),
    Question("Nationalité", (Choice("Européen (UE)", ("E",)), Choice("D'un autre pays", (), ("E",)))),
))  # fmt: skip


def test_labels_are_found_whatever_their_case_spaces_and_apostrophes():
    assert answers_from_words(MOVING, {1: " locataire", 2: "d’un autre\u00a0pays "}) == (0, 1)


def test_a_question_left_out_is_skipped():
    assert answers_from_words(MOVING, {2: "Européen (UE)"}) == (None, 0)


def test_an_unknown_label_is_refused_with_those_that_exist():
    with pytest.raises(AnswerError, match=r"'Squatteur'.*'Locataire', 'Propriétaire'"):
        answers_from_words(MOVING, {1: "Squatteur"})


def test_an_unknown_question_is_refused_with_those_that_exist():
    with pytest.raises(AnswerError, match=r"question 3.*1 \(Situation\), 2 \(Nationalité\)"):
        answers_from_words(MOVING, {3: "Oui"})


def test_answers_set_variables_and_skipped_questions_leave_theirs_open():
    facts = known(MOVING, (1,))
    assert (facts.true, facts.false, facts.skipped) == ({"P"}, {"L"}, {"E"})


def test_the_sheet_is_not_personal_until_the_first_answer():
    assert NOT_PERSONAL_YET in known(MOVING, ()).true
    assert NOT_PERSONAL_YET in known(MOVING, (None, None)).true
    assert NOT_PERSONAL_YET not in known(MOVING, (None, 1)).true


def test_more_answers_than_questions_are_refused():
    with pytest.raises(ValueError, match="3 answers to 2 questions"):
        known(MOVING, (0, 0, 0))

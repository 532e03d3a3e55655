"""From answers to what is known of a citizen's situation. No I/O.

Answers are the index of the choice taken, one for each question in order; None, or nothing at the end,
is a question skipped. On the command line they come in words (`2=Français`): `answers_from_words`.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from catalogue.condition import NOT_PERSONAL_YET, Known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogue.sheet import Choice, Questionnaire

Answers = tuple[int | None, ...]


class AnswerError(ValueError):
    """An answer names no question or no choice; the message names those that exist."""


def known(questionnaire: Questionnaire, answers: Answers) -> Known:
    """Return what these answers say of the questionnaire's variables.

    Raises:
        IndexError: an answer is no choice of its question.
        ValueError: there are more answers than questions.
    """
    questions = questionnaire.questions
    if len(answers) > len(questions):
        raise ValueError(f"{len(answers)} answers to {len(questions)} questions")
    true: set[str] = set()
    false: set[str] = set()
    skipped: set[str] = set()
    padded = (*answers, *[None] * (len(questions) - len(answers)))
    for question, answer in zip(questions, padded, strict=True):
        if answer is None:
            skipped.update(_variables(question.choices))
            continue
        choice = question.choices[answer]
        true.update(choice.sets_true)
        false.update(choice.sets_false)
    if all(answer is None for answer in answers):
        true.add(NOT_PERSONAL_YET)
    return Known(frozenset(true), frozenset(false - true), frozenset(skipped - true - false))


def _variables(choices: Iterable[Choice]) -> set[str]:
    return {variable for choice in choices for variable in (*choice.sets_true, *choice.sets_false)}


def answers_from_words(questionnaire: Questionnaire, words: Mapping[int, str]) -> Answers:
    """Return the answers which these labels mean, by question number counted from 1.

    White space, typographic signs and case make no difference.

    Raises:
        AnswerError: no such question, or no such choice.
    """
    questions = questionnaire.questions
    for number in words:
        if not 1 <= number <= len(questions):
            existing = ", ".join(f"{n} ({q.title})" for n, q in enumerate(questions, 1))
            raise AnswerError(f"there is no question {number}: the questions are {existing}")
    return tuple(
        _choice(number, question.choices, words[number]) if number in words else None
        for number, question in enumerate(questions, 1)
    )


def _choice(number: int, choices: tuple[Choice, ...], label: str) -> int:
    wanted = _comparable(label)
    for index, choice in enumerate(choices):
        if _comparable(choice.label) == wanted:
            return index
    existing = ", ".join(repr(choice.label) for choice in choices)
    raise AnswerError(f"question {number} has no choice {label!r}: its choices are {existing}")


def _comparable(label: str) -> str:
    plain = unicodedata.normalize("NFKC", label).replace("’", "'").casefold()
    return " ".join(plain.split())

"""A questionnaire's question and its checklist, as screens. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.attribution import attribution
from catalogue.checklist import Item, ItemKind, checklist
from catalogue.typography import french
from kiosk import words
from kiosk.journeys.touches import Answered, QuestionsTouched, Skipped
from kiosk.view.reading import REMARK_LOOKS, print_button
from kiosk.view.screen import (
    Answers,
    Block,
    Button,
    Heading,
    Kind,
    Point,
    Prose,
    Remark,
    Role,
    Screen,
    Tiles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogue.sheet import Sheet
    from kiosk.journeys.job import Job
    from kiosk.journeys.places import Asking, Listing


def questionnaire(place: Asking) -> Screen:
    """Return one question; who cannot answer goes on all the same."""
    questions = place.sheet.questionnaire.questions if place.sheet.questionnaire else ()
    number = len(place.answers)
    question = questions[number]
    choices = tuple(
        Button(french(choice.label), Answered(index), Role.CHOICE, "circle")
        for index, choice in enumerate(question.choices)
    )
    helps = (Prose(french(question.help), quiet=True),) if question.help else ()
    return Screen(
        Kind.QUESTIONNAIRE,
        french(place.sheet.title),
        footer=(),
        over_title=words.question_of(number + 1, len(questions)),
        body=(Heading(french(question.title), level=0), *helps, Tiles(choices, columns_wanted=2)),
        rail=(Button(words.SKIP, Skipped(), Role.QUIET, "arrow-right"),),
        progress=(number + 1, len(questions)),
        walk=f"question {place.sheet.id} {number}",
    )


def restated(sheet: Sheet, answers: tuple[int | None, ...]) -> tuple[str, ...]:
    """Return what the citizen has said, in the sheet's words; questions passed say so."""
    if sheet.questionnaire is None or all(answer is None for answer in answers):
        return ()
    said = []
    for question, answer in zip(sheet.questionnaire.questions, answers, strict=False):
        if answer is None:
            said.append(f"{french(question.title)}\u00a0: {words.PASSED}")
        else:
            choice = question.choices[answer]
            said.append(french(choice.restated or f"{question.title} : {choice.label}"))
    return tuple(said)


def checklist_screen(place: Listing, job: Job | None) -> Screen:
    """Return the checklist of the citizen's own case."""
    said = restated(place.sheet, place.answers)
    again = Button(words.START_OVER, QuestionsTouched(), Role.PLAIN, "rotate-ccw")
    blocks: list[Block] = [Answers(words.YOUR_ANSWERS, said or (words.GENERAL_LIST,), again)]
    for chapter in checklist(place.sheet, place.answers):
        blocks.append(Heading(french(chapter.title)))
        blocks += _items(chapter.items)
    blocks.append(Prose(french(attribution(place.sheet)), quiet=True))
    updated = words.up_to_date(place.sheet.updated)
    return Screen(
        Kind.CHECKLIST,
        f"{words.LIST_TITLE}\u00a0: {french(place.sheet.title)}",
        footer=(),
        over_title=updated[:1].upper() + updated[1:],
        body=tuple(blocks),
        rail=(print_button(words.PRINT_LIST, job),),
        walk=f"checklist {place.sheet.id} {place.answers}",
    )


def _items(items: tuple[Item, ...]) -> Iterator[Block]:
    """Yield items; the titles they stand under are written once, where they begin."""
    above: tuple[str, ...] = ()
    for item in items:
        for depth, title in enumerate(item.under):
            if above[: depth + 1] != item.under[: depth + 1]:
                yield Heading(french(title), level=2 + depth)
        above = item.under
        yield _item(item)


def _item(item: Item) -> Block:  # noqa: PLR0911  (one arm for each kind, no more)
    text = french(item.text)
    match item.kind:
        case ItemKind.PARAGRAPH if text.endswith(":"):  # it announces a list: there is nothing to tick
            return Prose(text)
        case ItemKind.PARAGRAPH | ItemKind.BULLET:
            return Point(text, icon="square")
        case ItemKind.HEADING:
            return Heading(text, level=2)
        case ItemKind.SERVICE:
            return Remark("globe", words.ONLINE, (text,))
        case ItemKind.CONTACT:
            return Remark("map-pin", words.WHERE_TO_GO, (text,))
        case ItemKind.NOTICE if item.notice:
            icon, tone = REMARK_LOOKS[item.notice]
            return Remark(icon, words.notice(item.notice), (text,), tone)
        case _:
            return Prose(text)

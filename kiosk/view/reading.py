"""A sheet, as a screen. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from catalogue.attribution import attribution
from catalogue.sheet import NoticeKind
from catalogue.typography import french
from kiosk import lines, words
from kiosk.journeys.touches import CaseChosen, CaseReopened, PrintTouched, QuestionsTouched, SectionTouched, SheetChosen
from kiosk.outline import closing, linked_sheets, opening, outline
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
    Tone,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogue.sheet import Sheet, SheetLink
    from kiosk.journeys.job import Job
    from kiosk.journeys.places import Path, Reading

REMARK_LOOKS = {
    NoticeKind.WARNING: ("triangle-alert", Tone.CAREFUL),
    NoticeKind.NOTE: ("info", Tone.CALM),
    NoticeKind.GOOD_TO_KNOW: ("lightbulb", Tone.CALM),
    NoticeKind.REMINDER: ("bell", Tone.CALM),
}


def sheet(place: Reading, job: Job | None) -> Screen:
    """Return a sheet with what the citizen has opened of it."""
    this = place.sheet
    blocks: list[Block] = []
    anchor: int | None = None
    for path, block in _body(place):
        if path is not None and path == place.touched:
            anchor = len(blocks)
        blocks.append(block)
    return Screen(
        Kind.SHEET,
        french(this.title),
        footer=(),
        over_title=_over_title(this),
        body=tuple(blocks),
        rail=(print_button(words.PRINT, job),),
        walk=f"sheet {this.id}",
        anchor=anchor,
    )


def print_button(label: str, job: Job | None) -> Button:
    """Return the button that prints; while a paper is on its way it only says so."""
    if job is not None and job.busy:
        return Button(words.ALREADY_PRINTING, None, Role.MAIN, "printer")
    return Button(label, PrintTouched(), Role.MAIN, "printer")


def _over_title(this: Sheet) -> str:
    about = " · ".join(part for part in (french(this.theme), words.up_to_date(this.updated)) if part)
    return about[:1].upper() + about[1:]


def _body(place: Reading) -> Iterator[tuple[Path | None, Block]]:
    this = place.sheet
    near = {link.id: link for link in place.neighbours}
    if this.questionnaire:
        label = words.answer_questions(len(this.questionnaire.questions))
        yield None, Tiles((Button(label, QuestionsTouched(), Role.MAIN, "list-checks"),))
    shown = (*opening(this, place.chosen), *outline(this, place.section, place.chosen), *closing(this))
    for line in shown:
        yield from _line(line, near)
    if this.sheets:
        yield from ((None, block) for block in _folder(this.sheets, near))
    see_also = [near[link.id] for link in this.see_also if link.id in near]
    intro = [near[i] for i in linked_sheets(this.introduction) if i in near]
    if also := tuple(dict.fromkeys((*intro, *see_also))):
        yield None, _links(words.RELATED, also)
    yield None, Prose(french(attribution(this)), quiet=True)


def _line(line: lines.Line, near: dict[str, SheetLink]) -> Iterator[tuple[Path | None, Block]]:  # noqa: C901  (one legal table)
    match line:
        case lines.Heading(text, level):
            yield None, Heading(french(text), level)
        case lines.Prose(text, indent):
            yield None, Prose(french(text), indent)
        case lines.Point(text, indent):
            yield None, Point(french(text), indent)
        case lines.Remark(kind, title, texts):
            icon, tone = REMARK_LOOKS[kind]
            said = tuple(french(text) for text in texts)
            yield None, Remark(icon, french(title) or words.notice(kind), said, tone)
        case lines.Service(title, kind, source, _, cerfa_form):
            texts = tuple(french(text) for text in (title, source) if text)
            yield None, Remark("globe", words.service(kind, cerfa_form), texts)
        case lines.Contact(title):
            yield None, Remark("map-pin", words.WHERE_TO_GO, (french(title),))
        case lines.Chapter(path, title, opened):
            icon, role = ("chevron-up", Role.OPEN_CHAPTER) if opened else ("chevron-down", Role.CHAPTER)
            button = Button(french(title), SectionTouched(path), role, icon)
            yield path, Tiles((button,))
        case lines.Choice(path, titles):
            choices = tuple(
                Button(french(title), CaseChosen(path, case), Role.CHOICE, "circle")
                for case, title in enumerate(titles)
            )
            yield path, Tiles(choices, words.CASES_TITLE, columns_wanted=2)
        case lines.Chosen(path, title):
            change = Button(words.CHANGE, CaseReopened(path), Role.PLAIN, "refresh-cw")
            yield path, Answers(words.YOUR_CASE, (french(title),), change)
        case lines.Related(sheets):
            if found := tuple(near[i] for i in sheets if i in near):
                yield None, _links(words.RELATED, found)
        case _:
            assert_never(line)


def _links(title: str, links: Iterable[SheetLink]) -> Tiles:
    buttons = tuple(Button(french(link.title), SheetChosen(link.id), Role.PLAIN, "file-text") for link in links)
    return Tiles(buttons, title, columns_wanted=2)


def _folder(sheets: tuple[SheetLink, ...], near: dict[str, SheetLink]) -> Iterator[Block]:
    found = [link for link in sheets if link.id in near]
    if not found:
        yield Prose(words.NOTHING_IN_FOLDER, strong=True)
    for group in dict.fromkeys(link.group for link in found):
        inside = [link for link in found if link.group == group]
        yield _links(french(group) or words.IN_FOLDER, inside)

"""What is open on the screen, as a paper. No I/O.

The paper holds one list for one case: of situations nobody chose between it prints only the question, and it
never holds the content of more than one. A rule of C3: title, id, date, case, source, the official address as a
QR code, and tick boxes where there is something to do or to bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from catalogue.attribution import attribution
from catalogue.checklist import Item, ItemKind, checklist
from catalogue.typography import french
from drivers.printer.elements import (
    Bullet,
    Duplicate,
    Element,
    Emphasis,
    Heading,
    Kicker,
    Note,
    QrCode,
    Receipt,
    Rule,
    Space,
    Text,
    TickBox,
    Title,
)
from kiosk import lines, words
from kiosk.journeys.job import ChecklistPaper, Paper, SheetPaper
from kiosk.outline import closing, opening, outline
from kiosk.view.listing import restated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogue.sheet import Sheet


def receipt(paper: Paper, structure: str, today: str, *, copy: bool = False) -> Receipt:
    """Return the receipt of a paper printed in `structure` on the day `today` (ISO 8601); a copy says it is one."""
    match paper:
        case ChecklistPaper(sheet, answers):
            body = tuple(_checklist(sheet, answers))
        case SheetPaper():
            body = tuple(_sheet(paper))
        case _:
            assert_never(paper)
    sheet = paper.sheet
    mark = (Duplicate(),) if copy else ()
    return (*mark, *_head(sheet, structure, today), *body, *_foot(sheet))


def _head(sheet: Sheet, structure: str, today: str) -> Iterator[Element]:
    if structure:
        yield Kicker(structure)
    yield Title(french(sheet.title))
    about = " · ".join(part for part in (f"Fiche {sheet.id}", words.updated_on(sheet.updated)) if part)
    yield Text(about, Emphasis.SMALL)
    yield Text(words.printed_on(today), Emphasis.SMALL)
    yield Rule()


def _foot(sheet: Sheet) -> Iterator[Element]:
    yield Rule()
    yield Text(french(attribution(sheet)), Emphasis.SMALL)
    if sheet.url:
        yield Space()
        yield QrCode(sheet.url, words.OFFICIAL_SHEET)


def _checklist(sheet: Sheet, answers: tuple[int | None, ...]) -> Iterator[Element]:
    said = restated(sheet, answers)
    yield Text(words.YOUR_ANSWERS if said else words.GENERAL_LIST, Emphasis.BOLD)
    yield from (Bullet(text) for text in said)
    for chapter in checklist(sheet, answers):
        yield Heading(french(chapter.title))
        above: tuple[str, ...] = ()
        for item in chapter.items:
            for depth, title in enumerate(item.under):
                if above[: depth + 1] != item.under[: depth + 1]:
                    yield Text(french(title), Emphasis.BOLD)
            above = item.under
            yield _item(item)


def _item(item: Item) -> Element:
    text = french(item.text)
    match item.kind:
        case ItemKind.PARAGRAPH if text.endswith(":"):  # it announces a list: there is nothing to tick
            return Text(text)
        case ItemKind.PARAGRAPH | ItemKind.BULLET:
            return TickBox(text)
        case ItemKind.HEADING:
            return Text(text, Emphasis.BOLD)
        case ItemKind.SERVICE:
            return Bullet(f"{words.ONLINE}\u00a0: {text}")
        case ItemKind.CONTACT:
            return Bullet(f"{words.WHERE_TO_GO}\u00a0: {text}")
        case ItemKind.NOTICE:
            return Note(f"{words.notice(item.notice)}\u00a0: {text}" if item.notice else text)
        case _:
            assert_never(item.kind)


def _sheet(paper: SheetPaper) -> Iterator[Element]:
    """Yield what is open, then what is not: chapters by title, and every question that remains."""
    found = outline(paper.sheet, paper.section, paper.chosen)
    opened = any(isinstance(line, lines.Chapter) and line.opened for line in found)
    if not opened:
        for line in opening(paper.sheet, paper.chosen):
            yield from _line(line)
    shown = tuple(_open_lines(found)) if opened else found
    for line in (*shown, *closing(paper.sheet)):
        yield from _line(line)
    closed = [line.title for line in found if isinstance(line, lines.Chapter) and not line.opened]
    if closed:
        yield Space()
        yield Text(words.CHAPTERS_LEFT, Emphasis.BOLD)
        yield from (Bullet(french(title)) for title in closed)


def _open_lines(found: tuple[lines.Line, ...]) -> Iterator[lines.Line]:
    """Yield the cases chosen above the open chapter, and that chapter."""
    inside = False
    for line in found:
        if isinstance(line, lines.Chapter):
            inside = line.opened
        if inside or isinstance(line, lines.Chosen):
            yield line


def _line(line: lines.Line) -> Iterator[Element]:  # noqa: C901  (one arm for each line, no more)
    match line:
        case lines.Heading(text, 1):
            yield Heading(french(text))
        case lines.Heading(text):
            yield Text(french(text), Emphasis.BOLD)
        case lines.Chapter(_, title, True):
            yield Heading(french(title))
        case lines.Prose(text):
            yield Text(french(text))
        case lines.Point(text, indent):
            yield TickBox(french(text), indent)
        case lines.Remark(kind, title, texts):
            yield Note(f"{french(title) or words.notice(kind)}\u00a0: {' '.join(french(text) for text in texts)}")
        case lines.Service(title, kind, _, _, cerfa_form):
            yield Bullet(f"{words.service(kind, cerfa_form)}\u00a0: {french(title)}")
        case lines.Contact(title):
            yield Bullet(f"{words.WHERE_TO_GO}\u00a0: {french(title)}")
        case lines.Chosen(_, title):
            yield Text(f"{words.YOUR_CASE}\u00a0: {french(title)}", Emphasis.BOLD)
        case lines.Choice(_, titles):
            yield Space()
            yield Text(words.QUESTION_LEFT, Emphasis.BOLD)
            yield from (Bullet(french(title)) for title in titles)
            yield Text(words.QUESTION_LEFT_TEXT)
        case lines.Chapter() | lines.Related():
            return
        case _:
            assert_never(line)

"""Every sheet of the shipped pack, as a screen and as a paper, whatever is open of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from kiosk_samples import READY

from catalogue.pack import Pack
from catalogue.sheet import Notice, Paragraph
from catalogue.typography import french
from drivers.printer.laid import Paper
from drivers.printer.layout import lay_out
from kiosk.journeys.job import ChecklistPaper, SheetPaper
from kiosk.journeys.places import Asking, Listing, Reading
from kiosk.journeys.reading import choose_case, touch_section
from kiosk.journeys.touches import CaseChosen, SectionTouched
from kiosk.receipt import receipt
from kiosk.view import render

# Screens tried of one sheet: all ways to open the shipped ones are fewer but for two or three.
MOST = 150


@pytest.fixture(scope="module")
def sheets(pack_path):
    with Pack.open(pack_path) as pack:
        ids = [row[0] for row in pack._rows(list[tuple[str]], "SELECT id FROM sheets ORDER BY id")]
        return [pack.sheet(sheet_id) for sheet_id in ids]


def ways_in(sheet):
    """Yield every state that touches on chapters and cases lead to, breadth first."""
    start = replace(READY, place=Reading(sheet))
    seen, queue = {start.place}, [start]
    while queue and len(seen) < MOST:
        state = queue.pop(0)
        yield state
        for button in render(state).buttons():
            match button.event:
                case SectionTouched(path):
                    after = touch_section(state, path)
                case CaseChosen(path, case):
                    after = choose_case(state, path, case)
                case _:
                    continue
            after = replace(after, place=replace(after.place, touched=None))
            if after.place not in seen:
                seen.add(after.place)
                queue.append(after)


def test_every_sheet_can_be_opened_in_every_way_and_printed(sheets):
    for sheet in sheets:
        for state in ways_in(sheet):
            place = state.place
            assert render(state).spoken
            paper = receipt(SheetPaper(sheet, place.section, place.chosen), "France Services", "2026-11-23")
            assert lay_out(paper, Paper.MM_58)


def test_every_office_service_and_remark_of_a_sheet_itself_is_on_screen_and_on_paper(sheets):
    seen = 0
    for sheet in sheets:
        screen = str(render(replace(READY, place=Reading(sheet))).body)
        paper = str(receipt(SheetPaper(sheet, None, ()), "France Services", "2026-11-23"))
        remarks = [p for block in sheet.introduction if isinstance(block, Notice) for p in block.blocks]
        said = [place.title for place in (*sheet.online_services, *sheet.contact_points)]
        said = [title for title in said if title not in str(sheet.blocks)]
        said += [p.text for p in remarks if isinstance(p, Paragraph)]
        for text in map(french, said):
            seen += 1
            assert repr(text)[1:-1] in screen
            assert repr(text)[1:-1] in paper
    assert seen > 50


def test_every_choice_of_every_questionnaire_gives_a_list_on_screen_and_on_paper(sheets):
    asked = [sheet for sheet in sheets if sheet.questionnaire]
    assert len(asked) >= 4
    for sheet in asked:
        for answers in product(*[(None, *range(len(q.choices))) for q in sheet.questionnaire.questions]):
            assert render(replace(READY, place=Asking(sheet, answers[:-1]))).body
            assert len(render(replace(READY, place=Listing(sheet, answers))).body) > 2
            assert receipt(ChecklistPaper(sheet, answers), "France Services", "2026-11-23")

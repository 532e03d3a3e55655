"""Finding a sheet: the front page, the search, a scanned code. No I/O."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from catalogue.sheet_at import sheet_id
from drivers.scanner.model import Tone
from kiosk.journeys.effects import BeepScanner, CheckPaper, Effect, LoadSheet, Search
from kiosk.journeys.places import Asking, CheckingPaper, KeyPage, Reading, Searching
from kiosk.journeys.state import Saying, State, go, say
from kiosk.journeys.touches import LifeEventChosen, SheetChosen

if TYPE_CHECKING:
    from drivers.two_d_doc.verdict import Paper as CheckedPaper
    from kiosk.journeys.news import Found, Scanned, SheetLoaded

# Longer than any question typed with one finger; it keeps the field on one line.
QUERY_LENGTH = 60


def open_search(state: State) -> State:
    """Return the state with the search field ready, its words kept if there are some."""
    if isinstance(state.place, Searching):
        return replace(state, place=replace(state.place, typing=True))
    return go(state, Searching())


def write(state: State, text: str) -> tuple[State, list[Effect]]:
    """Return the state with `text` in the field, and its look-up."""
    if not isinstance(state.place, Searching):
        return state, []
    text = text.lstrip()[:QUERY_LENGTH]
    same = text.strip() == state.place.text.strip()
    place = replace(state.place, text=text, hits=state.place.hits if same and text else None)
    return replace(state, place=place), [] if same else look_up(place)


def look_up(place: Searching) -> list[Effect]:
    """Return the look-up that `place` still waits for."""
    return [Search(place.text.strip())] if place.text.strip() and place.hits is None else []


def show_keys(state: State, page: KeyPage) -> State:
    """Return the state with the other half of the keyboard."""
    if not isinstance(state.place, Searching):
        return state
    return replace(state, place=replace(state.place, page=page))


def show_results(state: State) -> State:
    """Return the state with the keyboard put away."""
    if not isinstance(state.place, Searching):
        return state
    return replace(state, place=replace(state.place, typing=False))


def found(state: State, event: Found) -> State:
    """Return the state with the hits, unless the words have changed since."""
    place = state.place
    if not isinstance(place, Searching) or place.text.strip() != event.query:
        return state
    return replace(state, place=replace(place, hits=event.hits))


def choose(state: State, event: SheetChosen | LifeEventChosen) -> tuple[State, list[Effect]]:
    """Return the state that waits for a sheet."""
    if state.front_page is None:
        return state, []
    return replace(state, awaited=event), [LoadSheet(event.sheet_id)]


def scanned(state: State, event: Scanned) -> tuple[State, list[Effect]]:
    """Return the state that waits for the sheet of a receipt's code, wherever the citizen is."""
    if is_seal(event.code):
        return go(replace(state, awaited=None), CheckingPaper()), [BeepScanner(Tone.KNOWN), CheckPaper(event.code)]
    sheet = sheet_id(event.code.decode("utf-8", errors="replace").strip())
    if sheet is None:
        return say(state, Saying.UNKNOWN_CODE), [BeepScanner(Tone.UNKNOWN)]
    state, effects = choose(state, SheetChosen(sheet))
    return state, [BeepScanner(Tone.KNOWN if effects else Tone.UNKNOWN), *effects]


def is_seal(code: bytes) -> bool:
    """Say whether a code is the seal of a paper: "DC" and a version (ANTS, 2D-Doc, header)."""
    return re.match(rb"\s*DC0[1-4]", code) is not None


def checked(state: State, paper: CheckedPaper) -> State:
    """Return the state with what a paper's seal says; nobody waits for it any more: nothing."""
    if state.place != CheckingPaper():
        return state
    return replace(state, place=CheckingPaper(paper), quiet_since_s=state.now_s)


def loaded(state: State, event: SheetLoaded) -> State:
    """Return the state at the sheet, or at its first question; nobody waits for it: nothing."""
    sheet = event.sheet
    match state.awaited:
        case LifeEventChosen(wanted) if wanted == sheet.id and sheet.questionnaire:
            return go(replace(state, awaited=None), Asking(sheet))
        case SheetChosen(wanted) | LifeEventChosen(wanted) if wanted == sheet.id:
            here = state.place
            if isinstance(here, Reading) and here.sheet.id == sheet.id:
                return replace(state, awaited=None)
            return go(replace(state, awaited=None), Reading(sheet, event.neighbours))
        case _:
            return state


def missing(state: State, sheet: str) -> State:
    """Return the state with a word about the sheet that is not here."""
    if state.awaited is None or state.awaited.sheet_id != sheet:
        return state
    return say(replace(state, awaited=None), Saying.SHEET_MISSING)

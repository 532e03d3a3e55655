"""A questionnaire, one question per screen, up to its checklist. No I/O."""

from __future__ import annotations

from dataclasses import replace

from kiosk.journeys.places import Asking, Listing, Reading
from kiosk.journeys.state import State, go


def ask(state: State) -> State:
    """Return the state at the first question; from a checklist this wipes its answers."""
    match state.place:
        case Reading(sheet=sheet) if sheet.questionnaire:
            return go(state, Asking(sheet))
        case Listing(sheet=sheet):
            back = tuple(p for p in state.back if not (isinstance(p, Asking) and p.sheet.id == sheet.id))
            return replace(state, place=Asking(sheet), back=back)
        case _:
            return state


def answer(state: State, choice: int | None) -> State:
    """Return the state at the next question, or at the checklist after the last; None skips."""
    place = state.place
    if not isinstance(place, Asking) or place.sheet.questionnaire is None:
        return state
    questions = place.sheet.questionnaire.questions
    if choice is not None and choice not in range(len(questions[len(place.answers)].choices)):
        return state
    answers = (*place.answers, choice)
    if len(answers) < len(questions):
        return replace(state, place=Asking(place.sheet, answers))
    return go(state, Listing(place.sheet, answers))

"""Screens that say one thing: printing, help, opening, unavailable; and what is spoken. No I/O."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kiosk import words
from kiosk.journeys.job import ChecklistPaper, Phase
from kiosk.journeys.touches import BackTouched, PrintTouched
from kiosk.view.screen import (
    Button,
    Kind,
    Message,
    Numbers,
    Role,
    Screen,
    Tiles,
    Tone,
)

if TYPE_CHECKING:
    from kiosk.journeys.job import Job


def opening() -> Screen:
    """Return what is shown until the pack is open."""
    message = Message("hourglass", words.OPENING_TITLE, words.OPENING_TEXT)
    return Screen(Kind.OPENING, "", footer=(), body=(message,), walk="opening")


def unavailable() -> Screen:
    """Return what is shown when there is no content to look up."""
    message = Message("book-open", words.UNAVAILABLE_TITLE, words.UNAVAILABLE_TEXT, Tone.CAREFUL)
    return Screen(Kind.UNAVAILABLE, "", footer=(), body=(message, _numbers()), walk="unavailable")


def helping() -> Screen:
    """Return the way to a person, and the emergency numbers."""
    message = Message("hand-helping", words.HELP_TITLE, words.HELP_TEXT)
    return Screen(Kind.HELP, "", footer=(), body=(message, _numbers()), walk="help")


def printing(job: Job | None) -> Screen:
    """Return what becomes of the paper; the list stays one touch away."""
    listed = job is not None and isinstance(job.paper, ChecklistPaper)
    label = words.BACK_TO_LIST if listed else words.BACK_TO_SHEET
    if job is not None and job.phase is Phase.FAILED:
        stays = words.LIST_STAYS if listed else words.SHEET_STAYS
        text = f"{words.printer_fault(job.fault)} {stays}"
        message = Message("printer", words.NOT_PRINTED_TITLE, text, Tone.CAREFUL)
        buttons = (
            Button(label, BackTouched(), Role.MAIN, "arrow-left"),
            Button(words.TRY_AGAIN, PrintTouched(), Role.PLAIN, "refresh-cw"),
        )
        return _printing(Kind.NOT_PRINTED, message, buttons)
    back = Button(label, BackTouched(), Role.PLAIN, "arrow-left")
    if job is not None and job.phase is Phase.UNKNOWN:
        message = Message("printer", words.MAYBE_PRINTED_TITLE, words.MAYBE_PRINTED_TEXT, Tone.CAREFUL)
        again = Button(words.PRINT_COPY, PrintTouched(), Role.PLAIN, "refresh-cw")
        return _printing(Kind.MAYBE_PRINTED, message, (replace(back, role=Role.MAIN), again))
    if job is not None and job.phase is Phase.PRINTED:
        message = Message("circle-check", words.PRINTED_TITLE, words.PRINTED_TEXT, Tone.GOOD)
        return _printing(Kind.PRINTED, message, (back,))
    message = Message("printer", words.PRINTING_TITLE, words.PRINTING_TEXT)
    return _printing(Kind.PRINTING, message, (back,))


def _printing(kind: Kind, message: Message, buttons: tuple[Button, ...]) -> Screen:
    body = (message, Tiles(buttons, columns_wanted=2))
    return Screen(kind, "", footer=(), body=body, walk="printing")


def _numbers() -> Numbers:
    return Numbers(words.EMERGENCIES, words.EMERGENCY_NUMBERS)

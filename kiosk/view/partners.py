"""Who else can be met here: the partners of the place. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.typography import french
from kiosk import words
from kiosk.view.screen import Kind, Prose, Remark, Screen

if TYPE_CHECKING:
    from kiosk.journeys.state import State


def partners(state: State) -> Screen:
    """Return the partners in the operator's order, each with what it helps with and how to reach it."""
    cards = tuple(
        Remark(
            "handshake",
            french(partner.name),
            tuple(french(line) for line in (partner.about, words.reached(partner.phone, partner.hours)) if line),
        )
        for partner in state.partners
    )
    return Screen(
        Kind.PARTNERS,
        words.PARTNERS,
        footer=(),
        body=(Prose(words.PARTNERS_TEXT, quiet=True), *cards),
        walk="partners",
    )

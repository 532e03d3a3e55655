"""Who can be met here, and when: opening hours, and the partners of the place. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogue.typography import french
from kiosk import words
from kiosk.view.screen import Kind, Prose, Remark, Screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kiosk.journeys.state import State
    from kiosk.view.screen import Block


def title(state: State) -> str:
    """Return what there is to see; empty where the operator has said nothing."""
    if state.partners:
        return words.HOURS_AND_PARTNERS if state.opening_hours else words.PARTNERS
    return words.HOURS if state.opening_hours else ""


def partners(state: State) -> Screen:
    """Return the hours, then the partners in the operator's order, with what each helps with and how to reach it."""
    return Screen(Kind.PARTNERS, title(state), footer=(), body=tuple(_blocks(state)), walk="partners")


def _blocks(state: State) -> Iterator[Block]:
    if state.opening_hours:
        yield Remark("clock", words.WELCOMING, tuple(map(_line, state.opening_hours)))
    if state.partners:
        yield Prose(words.PARTNERS_TEXT, quiet=True)
    for partner in state.partners:
        lines = (partner.about, words.reached(partner.phone, partner.hours))
        yield Remark("handshake", french(partner.name), tuple(_line(line) for line in lines if line))


def _line(text: str) -> str:
    """Return a line as it must be set: an hour is never parted from its number."""
    return re.sub(r"(\d) (h)\b", "\\1\u00a0\\2", french(text))

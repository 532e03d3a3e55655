"""What the seal of a citizen's paper says (2D-Doc): whether it is genuine, and, if so, its own words. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.typography import french
from kiosk import words
from kiosk.view.screen import Heading, Kind, Message, Prose, Remark, Screen, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drivers.two_d_doc.verdict import Paper
    from kiosk.view.screen import Block


def paper(checked: Paper | None) -> Screen:
    """Return the screen of a paper held before the scanner; None while its seal is being verified."""
    if checked is None:
        waiting = Message("hourglass", words.CHECKING_TITLE, words.CHECKING_TEXT)
        return Screen(Kind.PAPER, words.PAPER_TITLE, footer=(), body=(waiting,), walk="paper")
    return Screen(Kind.PAPER, words.PAPER_TITLE, footer=(), body=tuple(_blocks(checked)), walk="paper")


def _blocks(checked: Paper) -> Iterator[Block]:
    title, text = words.verdict(checked.verdict.name)
    genuine = checked.verdict.is_genuine
    yield Message("badge-check" if genuine else "info", title, text, Tone.GOOD if genuine else Tone.CAREFUL)
    if checked.title:
        yield Heading(french(checked.title), 1)
    if checked.issuer:
        yield Prose(words.issued_by(checked.issuer), quiet=True)
    for line in checked.lines:
        yield Remark("file-text", french(line.label), (line.text,))
    if genuine and not checked.is_whole:
        yield Prose(words.PAPER_NOT_WHOLE, quiet=True)
    yield Prose(words.PAPER_NOT_KEPT, quiet=True)

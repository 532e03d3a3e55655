"""The letters a receipt printer has, and what stands for those it has not. No I/O.

A text is printed in one code page, the first of the printer's which has all of its letters: CP1252 holds all of
French, € and typographic quotes; CP858 lacks œ and ’. A text that no page holds, and any that is written from right to
left, is drawn as a picture. One letter of ours is on no page: TICK_BOX is drawn as a picture of two columns
(docs/adr/0004-tick-boxes-are-drawn.md).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TICK_BOX = "☐"
NO_BREAK_SPACE = "\u00a0"

# What a reader takes for the same thing, where the character itself is not in CP1252.
_STANDS_FOR = {
    "\t": " ",
    "\n": " ",
    "\r": " ",
    "\u00ad": "",  # soft hyphen: a hint for breaking, not a letter
    "\u200b": "",  # zero width space
    "\u2007": NO_BREAK_SPACE,
    "\u202f": NO_BREAK_SPACE,  # the narrow space before ; and ! of French typography
    "\u2060": "",
    "\ufeff": "",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "–",
    "\u2015": "—",
    "\u2212": "-",
    "←": "<-",
    "→": "->",
    "⇒": "=>",
    "≤": "<=",
    "≥": ">=",
    "≠": "<>",
    "≈": "~",
    "⅓": "1/3",
    "⅔": "2/3",
    "☑": "[x]",
    "☒": "[x]",
    "✓": "v",
    "✔": "v",
    "●": "•",
    "▪": "•",
    "■": "•",
    "′": "'",
    "″": '"',
}

_NOBODYS = frozenset({"Cn", "Co"})  # not known to this Unicode (a new emoji), or private


def clean(text: str) -> str:
    """Return `text` without what is no letter: control characters, hints, signs that printers write otherwise.

    ESC and DLE bytes in a text would be orders to the printer.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(_clean_letter(letter) for letter in composed)


def _clean_letter(letter: str) -> str:
    if letter in _STANDS_FOR:
        return _STANDS_FOR[letter]
    if letter == NO_BREAK_SPACE:
        return letter
    if letter.isspace():  # thin, wide, or between paragraphs: words stay apart
        return " "
    if unicodedata.category(letter) in _NOBODYS:  # it was to be seen, whatever it is
        return "?"
    return "" if _unseen(letter) else letter


def page_for(text: str, pages: Iterable[str]) -> str | None:
    """Return the first of `pages` that holds all letters of a clean `text`; None where it must be drawn."""
    if from_right(text):
        return None
    letters = set(text) - {TICK_BOX, NO_BREAK_SPACE}
    return next((page for page in pages if all(_holds(page, letter) for letter in letters)), None)


def from_right(text: str) -> bool:
    """Say whether `text` begins at the right: by its first letter with a direction (Unicode UAX 9, P2 and P3)."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in {"R", "AL"} for each in directions if each in {"L", "R", "AL"}), False)


def plain(text: str, holds: Callable[[str], bool]) -> str:
    """Return a clean `text` in letters that `holds` knows: accents off, then a question mark for what is left."""
    return "".join(_plain_letter(letter, holds) for letter in text)


def _plain_letter(letter: str, holds: Callable[[str], bool]) -> str:
    if letter in {TICK_BOX, NO_BREAK_SPACE} or holds(letter):
        return letter
    parts = [part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)]
    known = "".join(part for part in parts if holds(part))
    if known:
        return known
    # A combining mark left over belongs to a letter which was printed already.
    return "" if unicodedata.combining(letter) else "?"


def _unseen(letter: str) -> bool:
    return unicodedata.category(letter).startswith("C")


@cache
def holds(page: str) -> frozenset[str]:
    """Return the letters of a code page (a codec's name)."""
    found = (bytes([byte]).decode(page, errors="ignore") for byte in range(0x20, 0x100))
    return frozenset(letter for letter in found if letter and not _unseen(letter))


def _holds(page: str, letter: str) -> bool:
    return letter in holds(page)

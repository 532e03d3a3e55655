"""The letters a receipt printer has, and what stands for those it has not. No I/O.

CP1252 (code page 16) holds all of French, € and typographic quotes; CP858 lacks œ and ’. One letter of
ours is not a printer's: TICK_BOX is drawn as a picture of two columns (docs/adr/0004-tick-boxes-are-drawn.md).
"""

from __future__ import annotations

import unicodedata

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


def printable(text: str) -> str:
    """Return `text` in letters a printer has: no control characters, nothing outside CP1252 but TICK_BOX.

    ESC and DLE bytes in a text would be orders to the printer.
    """
    return "".join(_letter(character) for character in unicodedata.normalize("NFC", text))


def _letter(character: str) -> str:
    if character in _STANDS_FOR:
        return _STANDS_FOR[character]
    if character == TICK_BOX or _has(character):
        return character
    if unicodedata.category(character).startswith("C"):
        return ""
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    known = "".join(part for part in plain if _has(part))
    if known:
        return known
    # A combining mark left over belongs to a letter which was printed already.
    return "" if unicodedata.combining(character) else "?"


def _has(character: str) -> bool:
    if unicodedata.category(character).startswith("C"):
        return False
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True

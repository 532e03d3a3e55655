"""From a text to pieces that are spoken one after the other. No I/O.

A piece is said while the next one is made: the first word comes as soon for a long text as for a short one.
Promise: no piece is longer than asked for, and all words come, in order.
"""

from __future__ import annotations

import re
import unicodedata

# About 20 s of speech: its making takes 0.03 s on a PC and ten times as long on a small board.
MAX_PIECE = 300
# Some three quarters of an hour of speech; the longest of 7,591 sheets takes 25 minutes. What is longer is a mistake.
MAX_TEXT = 40_000
_END = re.compile(r"(?<=[.!?…:;])\s+|\n+")


def pieces(text: str) -> list[str]:
    """Return a text as sentences, or parts of such as are long."""
    return [piece for sentence in _END.split(_speakable(text)) for piece in _parts(sentence)]


def _speakable(text: str) -> str:
    """Return `text` without what a synthesiser would take for an order: control characters, [[phonemes]]."""
    plain = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in text[:MAX_TEXT])
    return plain.replace("[[", "[ ").replace("]]", " ]")


def _parts(sentence: str) -> list[str]:
    parts: list[str] = []
    for word in sentence.split():
        for start in range(0, len(word), MAX_PIECE):
            piece = word[start : start + MAX_PIECE]
            if parts and len(parts[-1]) + 1 + len(piece) <= MAX_PIECE:
                parts[-1] += f" {piece}"
            else:
                parts.append(piece)
    return parts

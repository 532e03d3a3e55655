"""Mends the words of a query which no sheet has. No I/O.

In order: a glued article ("didentité"), a word which sounds the same ("pasport", "retrete"), the nearest
word by Damerau-Levenshtein distance (1 in short words, 2 in longer ones). Frequent words win.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from catalogue.stemming import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GLUED = re.compile(r"^(?:qu|[cdjlmnst])(?=[aeiouyh])")
_SHORT_LETTERS = 5  # under this, one letter changed makes another word: one mistake, not two
_SOUNDS = (
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"eau|au"), "o"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"qu|ck|c(?=[aou])|q"), "k"),
    (re.compile(r"c(?=[eiy])|ss|sc(?=[eiy])"), "s"),
    (re.compile(r"ai|ei|et$|er$|ez$|ay|ey"), "e"),
    (re.compile(r"[ae]n|[ae]m(?=[bp])"), "an"),
    (re.compile(r"y"), "i"),
    (re.compile(r"h"), ""),
    (re.compile(r"z"), "s"),
    (re.compile(r"(?<=[a-z]{2})[esxtd]+$"), ""),
)


def sound(word: str) -> str:
    """Return roughly how a folded word sounds."""
    for pattern, replacement in _SOUNDS:
        word = pattern.sub(replacement, word)
    return word


class Speller:
    """Knows every word of the sheets and how many sheets have it."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = words
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in words:
            self._by_sound[sound(word)].append(word)
            self._by_length[len(word)].append(word)

    def knows(self, word: str) -> bool:
        """Say whether some sheet has the word."""
        return word in self._words

    def mended(self, word: str) -> str | None:
        """Return what the word was meant to be, None where nothing is near enough."""
        if self.knows(word) or word.isdigit():
            return word
        bare = _GLUED.sub("", word)
        if bare != word and (self.knows(bare) or bare in STOP_WORDS):
            return bare
        if alike := self._by_sound.get(sound(word)):
            return self._most_frequent(alike)
        return self._nearest(word) or (self._nearest(bare) if bare != word else None)

    def _nearest(self, word: str) -> str | None:
        mistakes = 1 if len(word) < _SHORT_LETTERS else 2
        near = [
            other
            for length in range(len(word) - mistakes, len(word) + mistakes + 1)
            for other in self._by_length.get(length, ())
        ]
        found = extract(word, near, scorer=OSA.distance, score_cutoff=mistakes, limit=None)
        if not found:
            return None
        # People get the first letter right, and mean the common word.
        return min(found, key=lambda hit: (hit[1] + (hit[0][0] != word[0]), -self._words[hit[0]], hit[0]))[0]

    def _most_frequent(self, words: Iterable[str]) -> str:
        return min(words, key=lambda word: (-self._words[word], word))

"""Mends the words of a query which no sheet has. No I/O.

In order: a glued article ("didentité"), a word which sounds the same ("pasport", "retrete"), a word one letter
away (Damerau-Levenshtein), two words without their space, a word two letters away. Frequent words win.
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
_LEAST_PART_LETTERS = 4  # shorter halves make words of any mistake
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

    def mended(self, word: str) -> tuple[str, ...]:
        """Return the word or words it was meant to be, none where nothing is near enough."""
        if self.knows(word) or word.isdigit():
            return (word,)
        bare = _GLUED.sub("", word)
        if bare != word and (self.knows(bare) or bare in STOP_WORDS):
            return (bare,)
        if alike := self._by_sound.get(sound(word)):
            return (self._most_frequent(alike),)
        if near := self._nearest(word, 1):
            return (near,)
        return self._divided(word) or self._far(word, bare)

    def _far(self, word: str, bare: str) -> tuple[str, ...]:
        if len(word) < _SHORT_LETTERS:
            return ()
        found = self._nearest(word, 2) or (self._nearest(bare, 1) if bare != word else None)
        return (found,) if found else ()

    def _divided(self, word: str) -> tuple[str, ...]:
        """Find the space that was forgotten: "cartegrise"."""
        cuts = range(_LEAST_PART_LETTERS, len(word) - _LEAST_PART_LETTERS + 1)
        pairs = [(word[:cut], word[cut:]) for cut in cuts if self.knows(word[:cut]) and self.knows(word[cut:])]
        return max(pairs, key=lambda pair: min(self._words[part] for part in pair), default=())

    def _nearest(self, word: str, mistakes: int) -> str | None:
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

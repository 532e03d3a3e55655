"""What search knows beside the full-text index: words, pages, intents, synonyms. No I/O."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Self

from catalogue.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet that search can find; `weight` says how often people look for it, from 0 to 1."""

    id: str
    title: str
    theme: str
    updated: str
    title_stems: tuple[str, ...]
    path_stems: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Intent:
    """Something people say; it is meant when every group has a stem in the query."""

    groups: tuple[frozenset[str], ...]
    sheets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All of it, read once from a pack."""

    speller: Speller
    pages: Mapping[int, Page]
    numbers: Mapping[str, int]
    intents: tuple[Intent, ...]
    synonyms: Mapping[str, tuple[str, ...]]
    frequencies: Mapping[str, int]

    @classmethod
    def of(
        cls,
        *,
        words: Mapping[str, int],
        pages: Mapping[int, Page],
        intents: tuple[Intent, ...],
        synonyms: Mapping[str, tuple[str, ...]],
    ) -> Self:
        """Put together what the tables of a pack say."""
        counts = Counter(stem for page in pages.values() for stem in {*page.title_stems, *page.path_stems})
        numbers = {page.id: number for number, page in pages.items()}
        return cls(Speller(words), pages, numbers, intents, synonyms, counts)

    def rarity(self, stem: str) -> float:
        """Return how much a stem tells sheets apart: its inverse frequency in titles and paths."""
        return log(1 + len(self.pages) / (1 + self.frequencies.get(stem, 0)))

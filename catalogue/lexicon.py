"""What search knows beside the full-text index: words, pages, intents, synonyms. No I/O."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, Self

from catalogue.spelling import Speller

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Page:
    """A sheet that search can find.

    The parts of a title are what stands before and after its colon, in and out of its parentheses. `weight`
    says how often people look for it, from 0 to 1.
    """

    id: str
    title: str
    theme: str
    updated: str
    title_parts: tuple[tuple[str, ...], ...]
    path_stems: frozenset[str]
    weight: float

    @cached_property
    def title_stems(self) -> frozenset[str]:
        """All stems of the title."""
        return frozenset(stem for part in self.title_parts for stem in part)


@dataclass(frozen=True, slots=True)
class Intent:
    """Something people say: every group has a stem in the query, and none of `unless` is there."""

    groups: tuple[frozenset[str], ...]
    unless: frozenset[str]
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

"""Finds the sheets a citizen's own words mean, in a content pack.

Candidates share any stem with the query (FTS5, OR, bm25); each is then scored on how much of the query its
title and path cover, rarer stems counting more, on how little else its title says, on bm25, on how often
people look for it. A table of intents answers what the sheets do not say in people's words ("mon mari est
mort"). Any text is a query: it is reduced to letters and digits before SQLite sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogue.stemming import STOP_WORDS, stem, words_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogue.lexicon import Lexicon, Page
    from catalogue.pack import Pack

_LONGEST_QUERY = 200  # letters; people type a line, and a page of text would only slow the machine
_MOST_WORDS = 12
_CANDIDATES = 250

_TITLE, _PATH, _PRECISION, _RANK, _WEIGHT, _INTENT = 1.0, 0.45, 0.35, 0.6, 0.5, 1.5
_SYNONYM = 0.7  # a word the sheets would use counts for less than the word which was typed


@dataclass(frozen=True, slots=True)
class Hit:
    """A sheet that answers the query; the higher the score the better."""

    id: str
    title: str
    theme: str
    updated: str
    score: float


def search(pack: Pack, query: str, limit: int = 5) -> tuple[Hit, ...]:
    """Return the sheets which answer a query, best first; none where no word is known.

    Raises:
        PackError: the pack is damaged.
    """
    lexicon = pack.lexicon
    stems = _meant(query, lexicon)
    if not stems:
        return ()
    ranks = _ranks(pack, stems)
    intended = _intended(stems, lexicon)
    scores = {
        number: _score(lexicon.pages[number], stems, ranks.get(number, 0.0), lexicon) + intended.get(number, 0.0)
        for number in {*ranks, *intended}
    }
    best = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
    return tuple(_hit(lexicon.pages[number], scores[number]) for number in best)


def _meant(query: str, lexicon: Lexicon) -> dict[str, float]:
    """Return the stems to look for, each with how much it counts."""
    words = words_in(query[:_LONGEST_QUERY])[:_MOST_WORDS]
    mended = [lexicon.speller.mended(word) for word in words]
    stems = {stem(word): 1.0 for word in mended if word and word not in STOP_WORDS}
    for typed in tuple(stems):
        for meant in lexicon.synonyms.get(typed, ()):
            stems.setdefault(meant, _SYNONYM)
    return stems


def _ranks(pack: Pack, stems: Iterable[str]) -> dict[int, float]:
    """Return the candidates with their bm25, brought to 1 for the best."""
    found = pack.candidates(" OR ".join(f'"{stem}"' for stem in stems), _CANDIDATES)
    best = min((candidate.rank for candidate in found), default=-1.0) or -1.0
    return {candidate.number: candidate.rank / best for candidate in found}


def _intended(stems: dict[str, float], lexicon: Lexicon) -> dict[int, float]:
    """Return what the sheets of the intents in this query gain, the first sheet of each the most."""
    gains: dict[int, float] = {}
    for intent in lexicon.intents:
        if all(group & stems.keys() for group in intent.groups):
            for place, sheet_id in enumerate(intent.sheets):
                if (number := lexicon.numbers.get(sheet_id)) is not None:
                    gain = _INTENT * (1 - 0.1 * place) + 0.1 * len(intent.groups)
                    gains[number] = max(gain, gains.get(number, 0.0))
    return gains


def _score(page: Page, stems: dict[str, float], rank: float, lexicon: Lexicon) -> float:
    worth = {stem: lexicon.rarity(stem) * counts for stem, counts in stems.items()}
    whole = sum(worth.values()) or 1.0
    in_title = sum(worth[stem] for stem in stems if stem in page.title_stems)
    in_path = sum(worth[stem] for stem in stems if stem in page.path_stems)
    said = len(set(page.title_stems))
    precision = len(stems.keys() & set(page.title_stems)) / said if said else 0.0
    return (
        _TITLE * in_title / whole
        + _PATH * in_path / whole
        + _PRECISION * precision
        + _RANK * rank
        + _WEIGHT * page.weight
    )


def _hit(page: Page, score: float) -> Hit:
    return Hit(page.id, page.title, page.theme, page.updated, round(score, 4))

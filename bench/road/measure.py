"""Measures one road, column by column; starts and ends everything it needs."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.road.figures import Figures
from bench.road.hubs import Hub, StalledError, Tally, wait_committed
from bench.road.load import Load
from bench.road.wire import CountingProxy
from demo.processes import Part
from demo.world import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.road.disk import Disk
    from bench.road.load import Enqueued
    from bench.road.roads import Road

_STALL_S = 8.0
# Paho looks for its broker every second, the slowest here; what is lost is known once nobody sends for this long.
_QUIET_S = 0.5
_BAD_LINK = ("--delay-ms", "100", "--loss", "0.05", "--rate-kbit-s", "256")
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
    port: int
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
    with prepared(road, bench) as (_, place, port):
        return road.enqueue(place, Load(bench.records, count, producers), port)


def _accept_and_deliver(road: Road, bench: Bench, count: int, figures: Figures) -> None:
    with _accepted(road, bench, Load(bench.records, count), figures) as accepted:
        figures.enqueue_per_s, figures.enqueue_p99_us = accepted.enqueued.rate_per_s, accepted.enqueued.p99_us
        if not road.delivers:
            return
        before = bench.disk.written_bytes()
        with CountingProxy(accepted.port, accepted.hub.broker_port) as proxy:
            part = road.drain(accepted.place, accepted.port)
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
        with CountingProxy(accepted.port, accepted.hub.broker_port) as proxy:
            part = road.drain(accepted.place, accepted.port)
            wait_committed(accepted.hub, count // 2, _STALL_S)
            part.kill()
            part = road.drain(accepted.place, accepted.port)
            _wait_all_or_stalled(accepted.hub, count)
            proxy.wait_quiet(_QUIET_S, 30)
            part.end()
        figures.lost, figures.doubled = _settled(accepted.hub, count)


def _bad_link(road: Road, bench: Bench, count: int, figures: Figures) -> None:
    with _accepted(road, bench, Load(bench.records, count), None) as accepted:
        (middle,) = free_ports(1)
        argv = [sys.executable, "-m", "demo.bad_link", "--port", str(middle)]
        argv += ["--upstream-port", str(accepted.hub.broker_port), *_BAD_LINK]
        bad = Part("bad link", argv, bench.work / "bad-link.log", "listening")
        bad.wait_ready()
        try:
            with CountingProxy(accepted.port, middle) as proxy:
                part = road.drain(accepted.place, accepted.port)
                end_s = wait_committed(accepted.hub, count, 60)
                figures.bad_link_per_s = count / (end_s - (proxy.counted.first_byte_s or end_s))
                part.end()
        finally:
            bad.end()


@contextmanager
def _accepted(road: Road, bench: Bench, load: Load, figures: Figures | None) -> Iterator[_Pass]:
    """Have `road` accept `load` on a cleared disk, then start its hub."""
    with prepared(road, bench) as (hub, place, port):
        before = bench.disk.written_bytes()
        enqueued = road.enqueue(place, load, port)
        after = bench.disk.written_bytes()
        if figures is not None and before is not None and after is not None:
            figures.disk_enqueue_bytes = (after - before) / load.count
        if road.delivers:
            hub.start()
        yield _Pass(hub, place, port, enqueued)


@contextmanager
def prepared(road: Road, bench: Bench) -> Iterator[tuple[Hub, Path, int]]:
    """Prepare a device's folder, and a hub which is not started; end both afterwards."""
    (port,) = free_ports(1)
    folder, place = bench.work / "hub", bench.disk.folder / "device" / "place"
    for old in (folder, place.parent):
        shutil.rmtree(old, ignore_errors=True)
    hub = road.new_hub(folder, place, port)
    try:
        yield hub, place, port
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

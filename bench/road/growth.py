"""Our own road with more and more waiting: how fast it starts, drains, and how much memory it takes."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench.road.figures import Growth
from bench.road.hubs import wait_committed
from bench.road.measure import peak_rss_mb, prepared
from bench.road.roads import ROOT
from bench.road.wire import CountingProxy

if TYPE_CHECKING:
    from bench.road.measure import Bench
    from bench.road.roads import Road

_STALL_S = 20.0


def grow(road: Road, bench: Bench, count: int) -> Growth:
    """Queue `count` records, start the sync service, and let it deliver all of them."""
    with prepared(road, bench) as (hub, place, way):
        bulk = [sys.executable, "-m", "bench.road.peers.ours", "enqueue-bulk", str(place / "site.toml"), str(count)]
        subprocess.run(bulk, check=True, cwd=ROOT)
        hub.start()
        with CountingProxy((way.host, way.port), hub.broker) as proxy:
            started_s = time.monotonic()
            part = road.drain(place, way)
            end_s = wait_committed(hub, count, _STALL_S)
            first_byte_s = proxy.counted.first_byte_s or end_s
            rss_mb = peak_rss_mb(part.pid)
            part.end()
    return Growth(count, first_byte_s - started_s, rss_mb, count / (end_s - first_byte_s))

"""The figures of the roads. No I/O."""

from __future__ import annotations

import msgspec


class Figures(msgspec.Struct):
    """One row of the table; None stands for what was not, or could not be, measured."""

    name: str
    how: str
    count: int
    enqueue_per_s: float | None = None
    enqueue_p99_us: float | None = None
    enqueue8_per_s: float | None = None
    enqueue8_p99_us: float | None = None
    disk_enqueue_bytes: float | None = None
    disk_drain_bytes: float | None = None
    drain_per_s: float | None = None
    wire_bytes: float | None = None
    rss_mb: float | None = None
    lost: int | None = None
    doubled: int | None = None
    bad_link_per_s: float | None = None


class Growth(msgspec.Struct, frozen=True):
    """Our own road with so many records waiting."""

    count: int
    start_up_s: float
    rss_mb: float
    drain_per_s: float

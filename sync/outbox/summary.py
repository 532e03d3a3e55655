"""What waits in the outbox, and how near its limit is. Adapter: runs SQL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sync.outbox.room import used_bytes
from sync.outbox.tables import lost_ranges, meta, passed_over, read_rows, streams_where, unsent_streams

if TYPE_CHECKING:
    import sqlite3


class Level(Enum):
    """How near the outbox is to its limit. FULL refuses new promises; LOW is four fifths of the way there."""

    PLENTY = "plenty"
    LOW = "low"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Summary:
    """What waits: rows the hub has not confirmed (openings of streams not counted), and since when (Unix seconds)."""

    waiting: int
    since_s: int | None
    confirmed: int
    forked_streams: int
    used_bytes: int
    limit_bytes: int
    level: Level


def summary(db: sqlite3.Connection, limit_bytes: int) -> Summary:
    """Return what waits, what the hub has confirmed, and how near `limit_bytes` is."""
    waiting, since_s = 0, None
    for each in (*unsent_streams(db), *streams_where(db, "WHERE forked ORDER BY number")):
        beyond = max(each.stored.seq, 1)
        gone = sum(last - first + 1 for first, last in lost_ranges(db, each.number, after_seq=beyond))
        waiting += max(0, each.last.seq - beyond) - gone
        for oldest in read_rows(db, each, max(each.stored.seq, 1) + 1, each.last.seq, 1):
            since_s = oldest.queued_s if since_s is None else min(since_s, oldest.queued_s)
    confirmed, forked = db.execute("SELECT total(max(stored_seq-1, 0)), total(forked) FROM streams").fetchone()
    passed = sum(passed_over(db, each) for each in streams_where(db, "INDEXED BY broken WHERE damaged"))
    pruned = int.from_bytes(meta(db, "pruned") or b"", "big")
    used = used_bytes(db)
    level = Level.FULL if used > limit_bytes else Level.LOW if used > limit_bytes * 4 // 5 else Level.PLENTY
    return Summary(waiting, since_s, int(confirmed) - passed + pruned, int(forked), used, limit_bytes, level)

"""Room in the outbox: what it takes, and how confirmed rows and finished streams leave it. Adapter: runs SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sync.outbox.file import PAGE_BYTES
from sync.outbox.schema import all_or_nothing
from sync.outbox.tables import delete_rows, known_epoch, meta, passed_over, save_meta, save_stream, streams_where

if TYPE_CHECKING:
    import sqlite3

# Rows deleted in one transaction: some 5 ms for which the other process waits.
_SLICE_ROWS = 1_000
# Finished streams of which the device still knows the name, should the hub come back from a backup.
_FINISHED_STREAMS = 500


def used_bytes(db: sqlite3.Connection) -> int:
    """Return what rows and their trees take; pages freed by deletion are not counted."""
    pages, free = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
    return int(pages - free) * PAGE_BYTES


def forget_stored(db: sqlite3.Connection, keep_bytes: int) -> None:
    """Delete confirmed rows, oldest first, in transactions of their own, while more than `keep_bytes` are used.

    What was confirmed in an earlier epoch stays until the hub has said again that it has it.
    """
    while used_bytes(db) > keep_bytes:
        with all_or_nothing(db):
            confirmed = f"kept_from <= stored_seq AND epoch >= {known_epoch(db):d}"
            found = streams_where(db, f"INDEXED BY forgettable WHERE {confirmed} ORDER BY number", 1)
            if not found:
                return
            [stream] = found
            last_seq = min(stream.stored.seq, stream.kept_from + _SLICE_ROWS - 1)
            delete_rows(db, stream, stream.kept_from, last_seq)
            save_stream(db, replace(stream, kept_from=last_seq + 1))
            if not stream.open and last_seq >= stream.last.seq:
                _prune(db)


def _prune(db: sqlite3.Connection) -> None:
    """Drop the oldest finished streams beyond those worth knowing, but never a lane's newest.

    Nor one of which the hub has yet to speak in its present epoch, or to hear what is lost.
    """
    newest = db.execute("SELECT max(number) FROM streams").fetchone()[0]
    epoch = known_epoch(db)
    finished = streams_where(
        db,
        "WHERE last_seq IS NOT NULL AND kept_from > last_seq"
        " AND number NOT IN (SELECT max(number) FROM streams GROUP BY lane) ORDER BY number",
    )
    for stream in finished:
        if stream.number > newest - _FINISHED_STREAMS:
            return
        if stream.epoch < epoch or stream.stored.seq < stream.last.seq:
            continue
        pruned = int.from_bytes(meta(db, "pruned") or b"", "big") + max(stream.stored.seq - 1, 0)
        pruned -= passed_over(db, stream)
        save_meta(db, "pruned", pruned.to_bytes(8, "big"))
        delete_rows(db, stream, 0, 0)
        db.execute("DELETE FROM lost WHERE number=?", (stream.number,))
        db.execute("DELETE FROM streams WHERE number=?", (stream.number,))

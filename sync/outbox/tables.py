"""Streams and rows as the outbox's tables hold them, each checked whenever it is read. Adapter: runs SQL.

No transaction begins or ends here; `sync.outbox` does that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sync.chain import Tip, start
from sync.outbox.check import (
    SEQ_LIMIT,
    KeptRow,
    Stream,
    check_of,
    key,
    name_row,
    number_and_seq,
    row_from,
    row_values,
    stream_from,
    stream_values,
)
from sync.outbox.faults import OutboxError, OutboxFault

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from sync.seal import Predecessor

_STREAMS = "SELECT * FROM streams "
_WHERE_TO = ("last_seq", "last_chain", "stored_seq", "stored_chain", "kept_from")
_MAY_CHANGE = (*_WHERE_TO, "forked", "damaged", "epoch", "turn", "crc")
# Not REPLACE, which would write every index again.
_SAVE_STREAM = f"INSERT INTO streams VALUES({','.join('?' * 13)}) ON CONFLICT(number) DO UPDATE SET " + ", ".join(
    f"{name}=excluded.{name}" for name in _MAY_CHANGE
)


def damaged(what: str) -> OutboxError:
    """Return the error for something that is not as it was written."""
    return OutboxError(OutboxFault.DAMAGED, f"the outbox is damaged: {what}")


def check_trees(db: sqlite3.Connection) -> None:
    """Let SQLite look at every page: each in its tree and in no other; 30 ms for 100,000 rows on a PC."""
    if (said := db.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        raise damaged(said)


def stream_named(db: sqlite3.Connection, stream: bytes) -> Stream | None:
    """Return the stream of that name."""
    found = db.execute(_STREAMS + "WHERE stream=?", (stream,)).fetchone()
    return None if found is None else _stream(db, found)


def newest_of(db: sqlite3.Connection, lane: str) -> Stream | None:
    """Return the lane's newest stream."""
    found = db.execute(_STREAMS + "WHERE lane=? ORDER BY number DESC LIMIT 1", (lane,)).fetchone()
    return None if found is None else _stream(db, found)


def streams_where(db: sqlite3.Connection, condition: str, limit: int = -1) -> tuple[Stream, ...]:
    """Return streams by a condition and order of our own, never anybody's words."""
    found = db.execute(f"{_STREAMS} {condition} LIMIT ?", (limit,)).fetchall()
    return tuple(_stream(db, values) for values in found)


def unsent_streams(db: sqlite3.Connection) -> tuple[Stream, ...]:
    """Return the streams of which the hub lacks rows, oldest first; not those whose history it contradicts."""
    found = streams_where(
        db, "INDEXED BY unsent WHERE NOT forked AND (last_seq IS NULL OR stored_seq < last_seq) ORDER BY number"
    )
    return tuple(stream for stream in found if stream.stored.seq < stream.last.seq)


def unasked_streams(db: sqlite3.Connection, limit: int) -> tuple[Stream, ...]:
    """Return the oldest streams of which the hub has not spoken in its present epoch, though it had rows of them."""
    return streams_where(
        db, f"WHERE epoch < {known_epoch(db):d} AND NOT forked AND stored_seq > 0 ORDER BY number", limit
    )


def insert_stream(db: sqlite3.Connection, device: str, stream: bytes, lane: str) -> Stream:
    """Begin a stream."""
    begin = start(device, stream)
    number = db.execute("SELECT coalesce(max(number), 0) + 1 FROM streams").fetchone()[0]
    made = Stream(number, stream, lane, begin, begin, 1, open=True, forked=False, damaged=False)
    save_stream(db, made)
    insert_name(db, made)
    return made


def end_stream(db: sqlite3.Connection, stream: Stream, left: Predecessor | None) -> None:
    """Note where a stream ended; rows beyond, which its writer knows of, are lost."""
    longer = left is not None and left.stream == stream.stream and left.seq > stream.last.seq
    if not (stream.open or longer):
        return
    if left is not None and longer:
        note_lost(db, stream.number, stream.last.seq + 1, left.seq)
        stream = replace(stream, last=Tip(left.seq, left.chain), damaged=True)
    save_stream(db, replace(stream, open=False))


def insert_name(db: sqlite3.Connection, stream: Stream) -> None:
    """Write a stream's name beside its rows."""
    insert_rows(db, stream, [name_row(stream.stream, stream.lane)])


def save_stream(db: sqlite3.Connection, stream: Stream) -> None:
    """Write all that is kept about a stream."""
    db.execute(_SAVE_STREAM, stream_values(stream))


def insert_rows(db: sqlite3.Connection, stream: Stream, kept: Iterable[KeptRow]) -> None:
    """Add rows of a stream."""
    db.executemany("INSERT INTO rows VALUES(?,?,?,?,?,?)", [row_values(stream, each) for each in kept])


def read_rows(db: sqlite3.Connection, stream: Stream, first_seq: int, last_seq: int, limit: int) -> list[KeptRow]:
    """Return at most `limit` rows of a stream in order.

    Raises:
        OutboxError: DAMAGED, one of them is not as it was written.
    """
    found = db.execute(
        "SELECT id, nonce, queued_s, chain, sealed, crc FROM rows WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
        (key(stream.number, first_seq), key(stream.number, min(last_seq, SEQ_LIMIT - 1)), limit),
    ).fetchall()
    return [_kept(stream, values) for values in found]


def chain_at(db: sqlite3.Connection, stream: Stream, seq: int) -> bytes:
    """Return the chain up to a row that must be there."""
    found = read_rows(db, stream, seq, seq, 1)
    if not found:
        raise damaged(f"row {seq} of stream {stream.stream.hex()} is not there")
    return found[0].chain


def tip_over_gaps(db: sqlite3.Connection, stream: Stream, first_seq: int) -> Tip:
    """Recompute the chain from what is stored, over the gaps, as the hub does."""
    tip = stream.stored
    gaps = dict(lost_ranges(db, stream.number, after_seq=tip.seq))
    for kept in read_rows(db, stream, tip.seq + 1, first_seq - 1, -1):
        while tip.seq + 1 in gaps:
            tip = tip.over(gaps[tip.seq + 1])
        tip = tip.after(kept.row)
    while tip.seq + 1 in gaps and tip.seq + 1 < first_seq:
        tip = tip.over(gaps[tip.seq + 1])
    return tip


def delete_rows(db: sqlite3.Connection, stream: Stream, first_seq: int, last_seq: int) -> None:
    """Delete rows of a stream."""
    db.execute(
        "DELETE FROM rows WHERE id BETWEEN ? AND ?", (key(stream.number, first_seq), key(stream.number, last_seq))
    )


def lost_ranges(db: sqlite3.Connection, number: int, after_seq: int = 0) -> tuple[tuple[int, int], ...]:
    """Return which numbers of a stream after `after_seq` are lost for good: first and last of each gap."""
    found = db.execute(
        "SELECT max(first_seq, ?), last_seq FROM lost WHERE number=? AND last_seq > ? ORDER BY first_seq",
        (after_seq + 1, number, after_seq),
    )
    return tuple(found.fetchall())


def unsettled_losses(db: sqlite3.Connection, stream: Stream) -> tuple[tuple[int, int], ...]:
    """Return the numbers of a stream lost for good that the hub may still wait for.

    Raises:
        OutboxError: DAMAGED, what is noted as lost is here, or is beyond the stream's end.
    """
    found = lost_ranges(db, stream.number, after_seq=stream.stored.seq)
    for first, last in found:
        span = (key(stream.number, first), key(stream.number, min(last, SEQ_LIMIT - 1)))
        here = db.execute("SELECT 1 FROM rows WHERE id BETWEEN ? AND ? LIMIT 1", span).fetchone()
        if here is not None or not first <= last <= stream.last.seq:
            raise damaged(f"what is noted as lost of stream {stream.stream.hex()}")
    return found


def proved_streams(db: sqlite3.Connection, limit: int) -> tuple[Stream, ...]:
    """Return the streams of which the hub has proved rows: `limit` latest over the link, by stick, and by chance.

    Sticks bring its word late, and would hide what the link brought; what neither shows is named some day.
    """
    over_the_link = streams_where(db, "WHERE turn > 0 ORDER BY turn DESC", limit)
    by_stick = streams_where(db, "WHERE turn < 0 ORDER BY turn", limit)
    return (*over_the_link, *by_stick, *streams_where(db, "WHERE stored_seq > 0 ORDER BY random()", limit))


def passed_over(db: sqlite3.Connection, stream: Stream) -> int:
    """Return how many records of a stream are lost among those that the hub has passed; its opening is none."""
    lost = lost_ranges(db, stream.number, after_seq=1)
    return sum(max(0, min(last, stream.stored.seq) - first + 1) for first, last in lost)


def next_turn(db: sqlite3.Connection, stream: Stream, *, by_stick: bool) -> int:
    """Return the count of the hub's next proof, which is of rows of `stream`.

    A stream known over the link stays among those: with its latest rows the hub would lose the earlier ones' proof too.
    """
    if not by_stick:
        return int(db.execute("SELECT max(coalesce(max(turn), 0), 0) + 1 FROM streams").fetchone()[0])
    if stream.turn > 0:
        return stream.turn
    return int(db.execute("SELECT min(coalesce(min(turn), 0), 0) - 1 FROM streams").fetchone()[0])


def _kept(stream: Stream, values: tuple[Any, ...]) -> KeptRow:
    kept = row_from(stream.stream, values)
    if kept is None:
        raise damaged(f"row {number_and_seq(values[0])[1]} of stream {stream.stream.hex()}")
    return kept


def _stream(db: sqlite3.Connection, values: tuple[Any, ...]) -> Stream:
    found = stream_from(values)
    if found is None:
        raise damaged(f"what is noted of stream number {values[0]!r}")
    return replace(found, last=_last_kept(db, found)) if found.open else found


def _last_kept(db: sqlite3.Connection, stream: Stream) -> Tip:
    """Return how far a stream that may grow reaches: to its last row, or to the last one that was forgotten.

    Where the hub has lost rows that are forgotten here, the chain goes over them, as the hub's does.
    """
    first, last = key(stream.number, 1), key(stream.number, SEQ_LIMIT - 1)
    [seq] = db.execute("SELECT max(id) FROM rows WHERE id BETWEEN ? AND ?", (first, last)).fetchone()
    if seq is None:
        forgotten = stream.kept_from - 1
        return stream.stored.over(forgotten) if forgotten > stream.stored.seq else stream.stored
    reached = number_and_seq(seq)[1]
    if reached <= stream.stored.seq:
        return stream.stored
    [kept] = read_rows(db, stream, reached, reached, 1)
    return Tip(reached, kept.chain)


def insert_lost(db: sqlite3.Connection, number: int, ranges: Iterable[tuple[int, int]]) -> None:
    """Note numbers of a stream as lost for good."""
    db.executemany("INSERT OR REPLACE INTO lost VALUES(?,?,?)", [(number, first, last) for first, last in ranges])


def note_lost(db: sqlite3.Connection, number: int, first: int, last: int) -> None:
    """Note numbers of a stream as lost for good, together with those next to them or among them."""
    touching = "FROM lost WHERE number=? AND first_seq <= ? AND last_seq >= ?"
    among = (number, last + 1, first - 1)
    [first, last] = db.execute(
        f"SELECT min(?, coalesce(min(first_seq), ?)), max(?, coalesce(max(last_seq), ?)) {touching}",
        (first, first, last, last, *among),
    ).fetchone()
    db.execute(f"DELETE {touching}", among)
    insert_lost(db, number, [(first, last)])


def known_epoch(db: sqlite3.Connection) -> int:
    """Return the hub's epoch as the device knows it; 0 before the hub's first word."""
    return int.from_bytes(meta(db, "epoch") or b"", "big")


def meta(db: sqlite3.Connection, name: str) -> bytes | None:
    """Return what was noted under `name`."""
    found = db.execute("SELECT value, crc FROM meta WHERE name=?", (name,)).fetchone()
    if found is not None and found[1] != check_of(name, found[0]):
        raise damaged(f"what is noted as {name!r}")
    return None if found is None else found[0]


def save_meta(db: sqlite3.Connection, name: str, value: bytes) -> None:
    """Note `value` under `name`."""
    db.execute("INSERT OR REPLACE INTO meta VALUES(?,?,?)", (name, value, check_of(name, value)))

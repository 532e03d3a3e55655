"""What waits on the device for the hub: sealed rows in SQLite. Adapter.

Two processes write: each appends its own streams, and sync notes what the hub has confirmed. WAL with
`synchronous=FULL`: when `append` has returned, the rows survive a cut of power. What the sync loop calls costs by how
many streams wait (1 ms for 200 of them on a PC), never by how many rows do.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Self

from sync.chain import Row, Tip, are_within, start
from sync.outbox.check import KeptRow, Stream
from sync.outbox.confirmation import Confirmation, Verdict, judge
from sync.outbox.faults import OutboxError, OutboxFault
from sync.outbox.file import OutboxFile
from sync.outbox.room import forget_stored, used_bytes
from sync.outbox.schema import all_or_nothing, one_moment
from sync.outbox.summary import Summary, summary
from sync.outbox.tables import (
    chain_at,
    check_trees,
    damaged,
    end_stream,
    insert_rows,
    insert_stream,
    known_epoch,
    lost_ranges,
    newest_of,
    next_turn,
    note_lost,
    proved_streams,
    read_rows,
    save_meta,
    save_stream,
    stream_named,
    streams_where,
    tip_over_gaps,
    unasked_streams,
    unsent_streams,
    unsettled_losses,
)
from sync.seal import Predecessor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

# What `config.model` says too; for callers that only look.
LIMIT_BYTES = 64_000_000
# What one row takes beside its sealed bytes, at most, its share of the tree included.
_ROW_BYTES = 120
# A hub restored from a backup lacks the latest of what it proved; answers that overtook each other change the order.
_LATEST_PROVED = 24


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to keep, the next of `stream`; `after` is the stream before it in its lane, as its writer left that."""

    stream: bytes
    lane: str
    rows: Sequence[Row]
    after: Predecessor | None = None


class Outbox:
    """One connection to the outbox; each thread that uses it opens its own."""

    def __init__(self, file: OutboxFile, device: str) -> None:
        self._file = file
        self._device = device
        # What this connection wrote last, per stream of its own: appending then reads nothing.
        self._written: dict[bytes, tuple[Stream, Tip]] = {}
        self._used_bytes: int | None = None

    @classmethod
    def open(cls, path: Path, device: str, *, connect: Callable[..., sqlite3.Connection] = sqlite3.connect) -> Self:
        """Open the newest generation of the outbox at `path`, made if absent.

        Raises:
            OutboxError: the file cannot be opened, is damaged, or is none of ours.
        """
        return cls(OutboxFile(path, device, connect), device)

    @property
    def generation(self) -> int:
        """Which file is in force: 2 and more after a damaged one was set aside."""
        return self._file.generation

    def close(self) -> None:
        """Close the connection."""
        self._file.close()

    def check(self) -> None:
        """Look whether SQLite finds its trees whole: a page that is wrong can hide rows without any error.

        Raises:
            OutboxError: DAMAGED.
        """
        with self._file.held(follow=True) as db:
            check_trees(db)

    def append(self, batches: Sequence[Batch], limit_bytes: int) -> None:
        """Keep the rows of `batches` in one commit; on return they are on disk.

        Raises:
            OutboxError: FULL (more than `limit_bytes` would wait) or SET_ASIDE: none of the rows is kept. Any other
                fault: whether they are is unknown; give their numbers to no other rows.
            ValueError: rows that are not the next of their stream, or one that has ended; none is kept.
        """
        now_s = int(time.time())
        try:
            with self._file.held(follow=False) as db:
                self._make_room(db, batches, limit_bytes)
                if len(batches) == 1 and len(batches[0].rows) == 1 and batches[0].stream in self._written:
                    self._append(db, batches[0], now_s)  # one statement commits by itself
                else:
                    with all_or_nothing(db):
                        for batch in batches:
                            self._append(db, batch, now_s)
        except BaseException:
            self._written.clear()
            self._used_bytes = None
            raise

    def last_of(self, lane: str) -> Predecessor | None:
        """Return the lane's newest stream and how far it reaches."""
        with self._file.held(follow=True) as db, one_moment(db):
            found = newest_of(db, lane)
        return Predecessor(found.stream, found.last.seq, found.last.chain) if found else None

    def streams(self) -> tuple[Stream, ...]:
        """Return every stream, oldest first."""
        with self._file.held(follow=True) as db, one_moment(db):
            return streams_where(db, "ORDER BY number")

    def unsent_streams(self) -> tuple[Stream, ...]:
        """Return the streams of which the hub lacks rows, oldest first; not those whose history it contradicts."""
        with self._file.held(follow=True) as db, one_moment(db):
            return unsent_streams(db)

    def streams_to_name(self, limit: int) -> tuple[Stream, ...]:
        """Return what the hub is to be asked about, `limit` streams at most, most telling first.

        Those of which it proved rows last: where these are missing it has forgotten something. Then those of which it
        has said nothing in its present epoch, and those of which it lacks rows.
        """
        with self._file.held(follow=True) as db, one_moment(db):
            proved = proved_streams(db, _LATEST_PROVED)
            found = {each.number: each for each in (*proved, *unasked_streams(db, limit), *unsent_streams(db))}
        return tuple(found.values())[:limit]

    def stream(self, stream: bytes) -> Stream | None:
        """Return one stream, or None where it is unknown or long finished."""
        with self._file.held(follow=True) as db, one_moment(db):
            return stream_named(db, stream)

    def has_unasked(self) -> bool:
        """Return whether the hub has yet to speak of some stream in its present epoch."""
        with self._file.held(follow=True) as db, one_moment(db):
            return bool(unasked_streams(db, 1))

    def lost(self) -> dict[bytes, tuple[tuple[int, int], ...]]:
        """Return the numbers lost for good that the hub may still wait for, per stream: first and last of each gap.

        Streams whose history it contradicts come last: they wait for a person, the others for the hub only.
        """
        with self._file.held(follow=True) as db, one_moment(db):
            broken = streams_where(db, "INDEXED BY broken WHERE damaged ORDER BY forked, number")
            gaps = {each.stream: unsettled_losses(db, each) for each in broken}
        return {stream: ranges for stream, ranges in gaps.items() if ranges}

    def rows(self, stream: bytes, first_seq: int, limit: int) -> tuple[Row, ...]:
        """Return at most `limit` consecutive rows of `stream`, from the first kept one at or after `first_seq`.

        Raises:
            OutboxError: DAMAGED, a row is not there or not as it was written.
        """
        if limit < 1:
            return ()
        with self._file.held(follow=True) as db, one_moment(db):
            found = stream_named(db, stream)
            if found is None:
                return ()
            kept = [each.row for each in read_rows(db, found, first_seq, found.last.seq, limit)]
            first = max(first_seq, found.kept_from)
            gaps = lost_ranges(db, found.number) if found.damaged else ()
            ends = [first - 1, *(row.seq for row in kept), *([found.last.seq + 1] if len(kept) < limit else ())]
            if not all(are_within(gaps, before + 1, after - 1) for before, after in pairwise(ends)):
                raise damaged(f"rows of stream {stream.hex()} from {first} on")
        return tuple(row for place, row in enumerate(kept) if row.seq == kept[0].seq + place)

    def tip_before(self, stream: bytes, first_seq: int) -> Tip | None:
        """Return the chain up to the row before `first_seq`; None where another process has forgotten that row since.

        Raises:
            OutboxError: DAMAGED, that row is not there.
        """
        with self._file.held(follow=True) as db, one_moment(db):
            found = stream_named(db, stream)
            if found is None or first_seq == 1:
                return start(self._device, stream)
            if first_seq == found.stored.seq + 1:
                return found.stored
            if found.damaged and first_seq > found.stored.seq:
                return tip_over_gaps(db, found, first_seq)
            if found.damaged or first_seq <= found.kept_from:
                return None
            return Tip(first_seq - 1, chain_at(db, found, first_seq - 1))

    def is_after_a_loss(self, stream: bytes, seq: int) -> bool:
        """Return whether numbers between what the hub has and `seq` are lost: nobody can tell the chain there."""
        with self._file.held(follow=True) as db, one_moment(db):
            found = stream_named(db, stream)
            if found is None or not found.damaged:
                return False
            return any(first < seq for first, _ in lost_ranges(db, found.number, after_seq=found.stored.seq))

    def settle(self, epoch: int, tips: Mapping[bytes, Tip], *, by_stick: bool = False) -> list[Verdict] | None:
        """Take the hub's word, of its `epoch`, how far it has streams; return what became of each that is known here.

        None where the epoch is over: that word proves nothing any more. What the hub has lost is owed again; rows that
        are not kept here either are noted as lost.
        """
        with self._file.transaction() as db:
            known = known_epoch(db)
            if epoch < known:
                return None
            if epoch > known:
                save_meta(db, "epoch", epoch.to_bytes(8, "big"))
            named = ((stream_named(db, name), tip) for name, tip in tips.items())
            found = [(stream, tip) for stream, tip in named if stream is not None]
            return [self._judge(db, stream, tip, epoch, by_stick=by_stick) for stream, tip in found]

    def forget_stored(self, keep_bytes: int) -> None:
        """Delete confirmed rows, oldest first, while the outbox takes more than `keep_bytes`.

        Those kept can serve a hub restored from a backup. Rows confirmed in an earlier epoch stay: the hub may have
        lost them.
        """
        with self._file.held(follow=True) as db:
            forget_stored(db, keep_bytes)

    def epoch(self) -> int:
        """Return the hub's epoch as the device knows it; 0 before the hub's first word."""
        with self._file.held(follow=True) as db:
            return known_epoch(db)

    def summary(self, limit_bytes: int = LIMIT_BYTES) -> Summary:
        """Return what waits, what the hub has confirmed, and how near `limit_bytes` is."""
        with self._file.held(follow=True) as db, one_moment(db):
            return summary(db, limit_bytes)

    def _judge(self, db: sqlite3.Connection, stream: Stream, tip: Tip, epoch: int, *, by_stick: bool) -> Verdict:
        judged = judge(stream, tip, epoch, lambda seq: chain_at(db, stream, seq))
        if judged.lost is not None:
            note_lost(db, stream.number, *judged.lost)
        if judged.stream != stream:
            # Only what is proved anew counts: an old word heard again, or asked for again, says nothing of the latest.
            proved = judged.verdict.outcome is Confirmation.CONFIRMED
            turn = next_turn(db, stream, by_stick=by_stick) if proved else stream.turn
            save_stream(db, replace(judged.stream, turn=turn))
        return judged.verdict

    def _append(self, db: sqlite3.Connection, batch: Batch, now_s: int) -> None:
        stream, tip = self._written.get(batch.stream) or self._begun(db, batch)
        kept = []
        for row in batch.rows:
            tip = tip.after(row)
            kept.append(KeptRow(row, tip.chain, now_s))
        insert_rows(db, stream, kept)
        self._written[batch.stream] = (stream, tip)

    def _begun(self, db: sqlite3.Connection, batch: Batch) -> tuple[Stream, Tip]:
        """Find or begin the stream; a stream begins where the one before it in its lane ends for good."""
        found = stream_named(db, batch.stream)
        if found is None:
            previous = newest_of(db, batch.lane)
            if previous is not None:
                end_stream(db, previous, batch.after)
            found = insert_stream(db, self._device, batch.stream, batch.lane)
        if not found.open:
            raise ValueError(f"stream {batch.stream.hex()} has ended")
        return found, found.last

    def _make_room(self, db: sqlite3.Connection, batches: Sequence[Batch], limit_bytes: int) -> None:
        growth = sum(len(row.sealed) + _ROW_BYTES for batch in batches for row in batch.rows)
        if self._used_bytes is None or self._used_bytes + growth > limit_bytes:
            self._used_bytes = used_bytes(db)
            if self._used_bytes > limit_bytes:
                forget_stored(db, limit_bytes)
                self._used_bytes = used_bytes(db)
                if self._used_bytes > limit_bytes:
                    raise OutboxError(OutboxFault.FULL, f"the outbox holds its {limit_bytes} bytes")
        # Counted too high on purpose; measured again where it matters.
        self._used_bytes += growth

"""One transaction's worth of frames: their streams locked, what the ledger says of each, then all written at once.

Streams are locked in the order of their ids, so that ingest processes on PostgreSQL wait for each other in a line and
never in a ring; on SQLite one process writes at a time.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from sqlalchemy import bindparam, delete, insert, select, tuple_, update

from fleet.hub.caps import allow_lost_ranges, keeps_fork_frame
from fleet.hub.database import insert_new
from fleet.hub.openings import in_clear
from fleet.hub.ranges import union, without
from fleet.hub.schema import forks, losses, rows, streams
from sync.chain import Row, Tip
from sync.ledger import Fork, Received, advance, missing, receive
from sync.seal import OPENING_SEQ

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from sync.chain import Range
    from sync.frame import Frame

# Rows beyond a gap that are read at once, in search of the next one: as many as a frame holds.
_SLICE_ROWS = 1_000
# A device and one of its streams.
Place = tuple[str, bytes]


@dataclass(slots=True)
class _Reached:
    """A stream as this transaction has it: its rows in the database and those that came with it."""

    id: int
    tip: Tip
    last_seq: int
    opened_seq: int
    lost: tuple[Range, ...] = ()
    fresh: dict[int, Row] = field(default_factory=dict)


class Intake:
    """Frames on their way into the database, within one transaction."""

    def __init__(self, connection: Connection, reached: dict[Place, _Reached]) -> None:
        self._connection = connection
        self._reached = reached
        self._moved: dict[int, _Reached] = {}

    @classmethod
    def lock(cls, connection: Connection, places: Sequence[Place]) -> Self:
        """Lock the streams at `places` (device, stream), as far as they exist.

        What is read after it is as of the lock: SQLite has one writer, and PostgreSQL's sessions are READ COMMITTED.
        """
        found = connection.execute(
            select(streams)
            .where(tuple_(streams.c.device, streams.c.stream).in_(places))
            .order_by(streams.c.id)
            .with_for_update()
        )
        reached = {
            (stream.device, bytes(stream.stream)): _Reached(
                stream.id, Tip(stream.tip_seq, bytes(stream.tip_chain)), stream.last_seq, stream.opened_seq
            )
            for stream in found
        }
        by_id = {stream.id: stream for stream in reached.values()}
        lost: defaultdict[int, list[Range]] = defaultdict(list)
        for stream_id, first, last in connection.execute(select(losses).where(losses.c.stream_id.in_(list(by_id)))):
            lost[stream_id].append((first, last))
        for stream_id, ranges in lost.items():
            by_id[stream_id].lost = union(ranges)
        return cls(connection, reached)

    def __len__(self) -> int:
        """How many streams are locked."""
        return len(self._reached)

    def __contains__(self, place: object) -> bool:
        """Whether the stream at `place` (device, stream) is locked."""
        return place in self._reached

    def __iter__(self) -> Iterator[Place]:
        """The places of the streams that are locked."""
        return iter(self._reached)

    def take(self, frame: Frame) -> Received | Fork:
        """Add what is new in `frame`, whose stream is locked, to what will be written."""
        reached = self._reached[frame.device, frame.stream]
        outcome = receive(reached.tip, self._held(reached, frame), frame, reached.lost)
        if isinstance(outcome, Fork):
            _name_fork(self._connection, reached.id, outcome, frame)
        elif outcome.new_rows or outcome.tip != reached.tip:
            if outcome.new_rows and outcome.new_rows[0].seq <= reached.tip.seq:
                # Declared lost, and come all the same: the opener passed its place, and must go back.
                reached.opened_seq = min(reached.opened_seq, outcome.new_rows[0].seq - 1)
            reached.fresh.update((row.seq, row) for row in outcome.new_rows)
            reached.tip = outcome.tip
            reached.last_seq = max(reached.last_seq, frame.first_seq + len(frame.sealed) - 1)
            self._moved[reached.id] = reached
        return outcome

    def lose_all(self, declared: Mapping[Place, Sequence[Range]]) -> None:
        """Note what devices have lost for good: each tip passes it, as far as no row is held.

        Raises:
            BeyondCapError: one of them declares more than any honest device can.
        """
        for place, ranges in declared.items():
            reached = self._reached[place]
            lost = union([*reached.lost, *ranges])
            if lost == reached.lost:
                continue
            fresh, stale = set(lost) - set(reached.lost), set(reached.lost) - set(lost)
            allow_lost_ranges(self._connection, place[0], len(fresh) - len(stale))
            self._drop_losses(reached, stale)
            insert_new(self._connection, losses, [(reached.id, first, last) for first, last in sorted(fresh)])
            reached.lost = lost
            reached.tip = advance(reached.tip, self._beyond(reached), lost)
            reached.last_seq = max(reached.last_seq, reached.tip.seq)
            self._moved[reached.id] = reached

    def write(self) -> None:
        """Write what was taken."""
        if not self._moved:
            return
        moved = sorted(self._moved.values(), key=lambda reached: reached.id)
        insert_new(
            self._connection,
            rows,
            [(stream.id, row.seq, row.nonce, row.sealed) for stream in moved for row in stream.fresh.values()],
        )
        self._connection.execute(
            update(streams)
            .where(streams.c.id == bindparam("id_"))
            .values({name: bindparam(f"{name}_") for name in ("tip_seq", "tip_chain", "last_seq", "opened_seq")}),
            [
                {
                    "id_": stream.id,
                    "tip_seq_": stream.tip.seq,
                    "tip_chain_": stream.tip.chain,
                    "last_seq_": stream.last_seq,
                    "opened_seq_": stream.opened_seq,
                }
                for stream in moved
            ],
        )
        for stream in moved:
            opening = stream.fresh.get(OPENING_SEQ)
            if opening and (said := in_clear(opening.sealed)):
                self._connection.execute(update(streams).where(streams.c.id == stream.id).values(said))

    def _drop_losses(self, reached: _Reached, stale: Collection[Range]) -> None:
        """Drop ranges which others have taken in."""
        if stale:
            this = losses.c.stream_id == reached.id, losses.c.first_seq == bindparam("first_")
            self._connection.execute(delete(losses).where(*this), [{"first_": first} for first, _ in stale])

    def _held(self, reached: _Reached, frame: Frame) -> dict[int, Row]:
        """Return the rows that the ledger needs: those that `frame` repeats, and, where it fills a gap, those after it.

        Those go up to the next gap at least.
        """
        if frame.first_seq > reached.last_seq:
            return {}
        last_seq = frame.first_seq + len(frame.sealed) - 1
        fills = frame.first_seq <= reached.tip.seq + 1 <= last_seq
        held = self._rows(reached, rows.c.seq.between(frame.first_seq, last_seq))
        held |= {seq: row for seq, row in reached.fresh.items() if frame.first_seq <= seq <= last_seq}
        return self._beyond(reached, range(frame.first_seq, last_seq + 1)) | held if fills else held

    def _beyond(self, reached: _Reached, coming: Collection[int] = ()) -> dict[int, Row]:
        """Return the rows after the tip up to the next gap at least, which neither `coming` ones nor losses fill.

        In slices: a device that sends every other row must not have all of them read for each that it adds.
        """
        found = {seq: row for seq, row in reached.fresh.items() if seq > reached.tip.seq}
        there = {*found, *coming}
        through = reached.tip.seq
        while True:
            part = self._rows(reached, rows.c.seq > through, _SLICE_ROWS)
            found |= part
            if len(part) < _SLICE_ROWS:
                return found
            before, through = through, max(part)
            held = [*part, *(seq for seq in there if before < seq <= through)]
            if without(missing(Tip(before, b""), held), reached.lost):
                return found

    def _rows(self, reached: _Reached, wanted: ColumnElement[bool], limit: int | None = None) -> dict[int, Row]:
        found = self._connection.execute(
            select(rows.c.seq, rows.c.nonce, rows.c.sealed)
            .where(rows.c.stream_id == reached.id, wanted)
            .order_by(rows.c.seq)
            .limit(limit)
        )
        return {seq: Row(seq, nonce, bytes(sealed)) for seq, nonce, sealed in found}


def _name_fork(connection: Connection, stream_id: int, fork: Fork, frame: Frame) -> None:
    known = connection.scalar(select(forks.c.seq).where(forks.c.stream_id == stream_id, forks.c.seq == fork.seq))
    if known is None:
        kept = keeps_fork_frame(connection, frame.device)
        evidence = b"".join(row.sealed for row in frame.rows) if kept else b""
        connection.execute(
            insert(forks).values(stream_id=stream_id, seq=fork.seq, kind=fork.kind.name.lower(), frame=evidence)
        )

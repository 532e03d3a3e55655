"""One transaction's worth of frames: their streams locked, what the ledger says of each, then all written at once.

Streams are locked in the order of their ids, so that ingest processes on PostgreSQL wait for each other in a line and
never in a ring; on SQLite one process writes at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from sqlalchemy import bindparam, insert, or_, select, tuple_, update

from fleet.hub.database import insert_new
from fleet.hub.openings import in_clear
from fleet.hub.schema import forks, rows, streams
from sync.chain import Row, Tip
from sync.ledger import Fork, Received, receive
from sync.seal import OPENING_SEQ

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from sync.frame import Frame

_Place = tuple[str, bytes]


@dataclass(slots=True)
class _Reached:
    """A stream as this transaction has it: its rows in the database and those that came with it."""

    id: int
    tip: Tip
    last_seq: int
    fresh: dict[int, Row] = field(default_factory=dict)


class Intake:
    """Frames on their way into the database, within one transaction."""

    def __init__(self, connection: Connection, reached: dict[_Place, _Reached]) -> None:
        self._connection = connection
        self._reached = reached
        self._moved: dict[int, _Reached] = {}

    @classmethod
    def lock(cls, connection: Connection, places: Sequence[_Place]) -> Self:
        """Lock the streams at `places` (device, stream), as far as they exist."""
        found = connection.execute(
            select(streams.c.id, streams.c.device, streams.c.stream, streams.c.tip_seq, streams.c.tip_chain)
            .add_columns(streams.c.last_seq)
            .where(tuple_(streams.c.device, streams.c.stream).in_(places))
            .order_by(streams.c.id)
            .with_for_update()
        )
        reached = {
            (device, bytes(stream)): _Reached(number, Tip(tip_seq, bytes(tip_chain)), last_seq)
            for number, device, stream, tip_seq, tip_chain, last_seq in found
        }
        return cls(connection, reached)

    def __len__(self) -> int:
        """How many streams are locked."""
        return len(self._reached)

    def __contains__(self, place: object) -> bool:
        """Whether the stream at `place` (device, stream) is locked."""
        return place in self._reached

    def __iter__(self) -> Iterator[_Place]:
        """The places of the streams that are locked."""
        return iter(self._reached)

    def take(self, frame: Frame) -> Received | Fork:
        """Add what is new in `frame`, whose stream is locked, to what will be written."""
        reached = self._reached[frame.device, frame.stream]
        outcome = receive(reached.tip, self._held(reached, frame), frame)
        if isinstance(outcome, Fork):
            _name_fork(self._connection, reached.id, outcome, frame)
        elif outcome.new_rows or outcome.tip != reached.tip:
            reached.fresh.update((row.seq, row) for row in outcome.new_rows)
            reached.tip = outcome.tip
            reached.last_seq = max(reached.last_seq, frame.first_seq + len(frame.sealed) - 1)
            self._moved[reached.id] = reached
        return outcome

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
            .values(tip_seq=bindparam("seq_"), tip_chain=bindparam("chain_"), last_seq=bindparam("last_")),
            [
                {"id_": stream.id, "seq_": stream.tip.seq, "chain_": stream.tip.chain, "last_": stream.last_seq}
                for stream in moved
            ],
        )
        for stream in moved:
            opening = stream.fresh.get(OPENING_SEQ)
            if opening and (said := in_clear(opening.sealed)):
                self._connection.execute(update(streams).where(streams.c.id == stream.id).values(said))

    def _held(self, reached: _Reached, frame: Frame) -> dict[int, Row]:
        """Return the rows that the ledger needs: those that `frame` repeats, and, where it fills a gap, all beyond."""
        if frame.first_seq > reached.last_seq:
            return {}
        last_seq = frame.first_seq + len(frame.sealed) - 1
        fills = frame.first_seq <= reached.tip.seq + 1 <= last_seq
        repeated = rows.c.seq.between(frame.first_seq, last_seq)
        wanted = or_(repeated, rows.c.seq > reached.tip.seq) if fills else repeated
        found = self._connection.execute(
            select(rows.c.seq, rows.c.nonce, rows.c.sealed).where(rows.c.stream_id == reached.id, wanted)
        )
        held = {seq: Row(seq, nonce, bytes(sealed)) for seq, nonce, sealed in found}
        return held | {
            seq: row
            for seq, row in reached.fresh.items()
            if frame.first_seq <= seq <= last_seq or (fills and seq > reached.tip.seq)
        }


def _name_fork(connection: Connection, stream_id: int, fork: Fork, frame: Frame) -> None:
    known = connection.scalar(select(forks.c.seq).where(forks.c.stream_id == stream_id, forks.c.seq == fork.seq))
    if known is None:
        evidence = b"".join(row.sealed for row in frame.rows)
        connection.execute(
            insert(forks).values(stream_id=stream_id, seq=fork.seq, kind=fork.kind.name.lower(), frame=evidence)
        )

"""The opener: turns stored rows into typed records. It alone holds the hub's private opening keys.

It reads and opens without holding a lock, then writes what came of it in one transaction with the note of how far it
went: a row becomes one record or one named failure, once, whoever else opens at the same time. Where a row has come
meanwhile into the part that it read (declared lost, and late), it writes nothing and looks again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import BigInteger, and_, bindparam, column, delete, func, select, update, values

from fleet.hub.database import ValuesRefusedError, insert_missing
from fleet.hub.schema import records, rows, streams, unopened
from sync.chain import Row
from sync.entry import decode
from sync.records import fields, kind
from sync.rejected import Reason, Rejected
from sync.seal import OPENING_SEQ, StreamOpener, lacks_key, open_stream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from sqlalchemy import Connection

    from fleet.hub.store import HubStore

# A tenth of a second's work; a stream takes part with at least its next row.
_BATCH_ROWS = 4_000
_BATCH_STREAMS = 500
_Values = tuple[object, ...]


@dataclass(slots=True)
class _Behind:
    """A stream with rows that nobody has looked at: those after `opened_seq`, up to `until_seq`."""

    id: int
    device: str
    stream: bytes
    opened_seq: int
    until_seq: int
    rows: list[Row] = field(default_factory=list)


class Opener:
    """Opens what is stored, with the hub's keys by id, old ones too; for one thread."""

    def __init__(self, store: HubStore, hub_keys: Mapping[bytes, X25519PrivateKey]) -> None:
        self._store = store
        self._hub_keys = hub_keys
        self._encode = msgspec.json.Encoder().encode
        # Of the streams of the batch before: a long stream's key is unwrapped once. A refusal is not kept: the opening
        # that was lost may come between two batches.
        self._openers: dict[int, StreamOpener] = {}

    def open_batch(self) -> int | None:
        """Open the next rows; return how many records came of them, or None where no row is left."""
        with self._store.database.reading() as connection:
            behind = _next_streams(connection)
            openers = {stream.id: self._openers.get(stream.id) or self._opener(connection, stream) for stream in behind}
        self._openers = {number: opener for number, opener in openers.items() if isinstance(opener, StreamOpener)}
        if not behind:
            return None
        made: list[_Values] = []
        failed: list[_Values] = []
        for stream, row in _each_row(behind):
            outcome = self._record(stream, openers[stream.id], row)
            if outcome is None:
                continue
            if isinstance(outcome, Rejected):
                failed.append((stream.id, row.seq, str(outcome)))
            else:
                made.append(outcome)
        try:
            return self._write(behind, made, failed)
        except ValuesRefusedError:
            fit, unfit = self._sifted(made)
            return self._write(behind, fit, [*failed, *unfit])

    def _write(self, behind: list[_Behind], made: list[_Values], failed: list[_Values]) -> int:
        with self._store.transaction() as connection:
            if not _still_so(connection, behind):
                return 0
            _forget_failures(connection, behind)
            insert_missing(connection, records, made)
            insert_missing(connection, unopened, failed)
            _note(connection, behind)
        return len(made)

    def _sifted(self, made: list[_Values]) -> tuple[list[_Values], list[_Values]]:
        """Return the records that the database takes, and for each other one the named failure: tried one by one."""
        fit: list[_Values] = []
        unfit: list[_Values] = []
        for record in made:
            try:
                with self._store.transaction() as connection:
                    insert_missing(connection, records, [record])
                    connection.rollback()
            except ValuesRefusedError as error:
                unfit.append((record[0], record[1], str(error)))
            else:
                fit.append(record)
        return fit, unfit

    def _opener(self, connection: Connection, stream: _Behind) -> StreamOpener | Rejected:
        opening = connection.scalar(
            select(rows.c.sealed).where(rows.c.stream_id == stream.id, rows.c.seq == OPENING_SEQ)
        )
        if opening is None:
            return Rejected(Reason.CANNOT_OPEN, "the stream's opening is lost")
        return open_stream(stream.device, stream.stream, bytes(opening), self._hub_keys)

    def _record(self, stream: _Behind, opener: StreamOpener | Rejected, row: Row) -> _Values | Rejected | None:
        """Return the columns of a record, or why there is none; an opening that could be read is no record."""
        if isinstance(opener, Rejected):
            return opener
        if row.seq == OPENING_SEQ:
            return None
        plain = opener.open(row)
        entry = plain if isinstance(plain, Rejected) else decode(plain, opener.boot)
        if isinstance(entry, Rejected):
            return entry
        time = entry.time
        said = self._encode(fields(entry.record)).decode()
        when = (time.boot, time.boottime_ns, time.wall_s, time.synchronised)
        return (stream.id, row.seq, stream.device, kind(entry.record), *when, said)


def open_stored(store: HubStore, hub_keys: Mapping[bytes, X25519PrivateKey]) -> int:
    """Open every stored row that has not been looked at, or not with the key it needs; return how many records came."""
    look_again(store, hub_keys)
    opener = Opener(store, hub_keys)
    opened = 0
    while (made := opener.open_batch()) is not None:
        opened += made
    return opened


def look_again(store: HubStore, held_keys: Collection[bytes]) -> None:
    """Let the next look start anew where rows failed for want of a key that is now among `held_keys` (ids)."""
    failed = unopened.c.reason.in_([str(lacks_key(each)) for each in held_keys])
    named = select(unopened.c.stream_id, func.min(unopened.c.seq)).where(failed).group_by(unopened.c.stream_id)
    with store.database.reading() as connection:
        found = connection.execute(named.order_by(unopened.c.stream_id)).all()
    if not found:
        return
    with store.transaction() as connection:
        for stream_id, seq in found:
            # Only ever back: an opener that is at work sees it and looks again, and to look twice does no harm.
            passed = streams.c.opened_seq >= seq
            connection.execute(update(streams).where(streams.c.id == stream_id, passed).values(opened_seq=seq - 1))


def listing(store: HubStore) -> list[dict[str, Any]]:
    """Return every record, oldest first, as plain values."""
    with store.database.reading() as connection:
        found = connection.execute(select(records).order_by(records.c.stream_id, records.c.seq))
        return [
            {
                "device": record.device,
                "kind": record.kind,
                **record.fields,
                "time": {
                    "wall_s": record.wall_s,
                    "synchronised": record.synchronised,
                    "boot": record.boot,
                    "boottime_ns": record.boottime_ns,
                },
                "stream_id": record.stream_id,
                "seq": record.seq,
            }
            for record in found
        ]


def _next_streams(connection: Connection) -> list[_Behind]:
    """Return streams that are behind with their next rows, as many as make a batch."""
    waiting = select(streams).where(streams.c.opened_seq < streams.c.tip_seq).order_by(streams.c.id)
    behind = {
        found.id: _Behind(found.id, found.device, bytes(found.stream), found.opened_seq, found.tip_seq)
        for found in connection.execute(waiting.limit(_BATCH_STREAMS))
    }
    place = and_(rows.c.stream_id == streams.c.id, rows.c.seq > streams.c.opened_seq, rows.c.seq <= streams.c.tip_seq)
    found_rows = connection.execute(
        select(rows)
        .join(streams, place)
        .where(streams.c.id.in_(list(behind)))
        .order_by(rows.c.stream_id, rows.c.seq)
        .limit(_BATCH_ROWS)
    ).all()
    for stream_id, seq, nonce, sealed in found_rows:
        stream = behind[stream_id]
        # On PostgreSQL the second statement may see a later tip than the first.
        if stream.opened_seq < seq <= stream.until_seq:
            stream.rows.append(Row(seq, nonce, bytes(sealed)))
    if len(found_rows) == _BATCH_ROWS:
        # The batch ends in the midst of a stream: that one goes on from there, those after it wait.
        last = behind[found_rows[-1].stream_id]
        last.until_seq = min(last.until_seq, found_rows[-1].seq)
        return [stream for stream in behind.values() if stream.id <= last.id]
    return list(behind.values())


def _each_row(behind: list[_Behind]) -> Iterator[tuple[_Behind, Row]]:
    return ((stream, row) for stream in behind for row in stream.rows)


def _still_so(connection: Connection, behind: list[_Behind]) -> bool:
    """Lock the streams; return whether nobody has opened any of them meanwhile, and no row has come late into them."""
    wanted = select(streams.c.id, streams.c.opened_seq).where(streams.c.id.in_([stream.id for stream in behind]))
    found = connection.execute(wanted.order_by(streams.c.id).with_for_update())
    if [tuple(row) for row in found] != [(stream.id, stream.opened_seq) for stream in behind]:
        return False
    read = (
        values(column("id", BigInteger), column("from_", BigInteger), column("until_", BigInteger), name="read")
        .data([(stream.id, stream.opened_seq, stream.until_seq) for stream in behind])
        .cte()
    )
    # One look into the rows' index for each stream, whatever the planner thinks of joins.
    in_it = and_(rows.c.stream_id == read.c.id, rows.c.seq > read.c.from_, rows.c.seq <= read.c.until_)
    held = select(func.count()).select_from(rows).where(in_it).correlate(read).scalar_subquery()
    found_rows = connection.scalars(select(func.sum(held)).select_from(read)).one()
    return int(found_rows) == sum(len(stream.rows) for stream in behind)


def _forget_failures(connection: Connection, behind: list[_Behind]) -> None:
    """Drop what an earlier look at these rows said: a row or a key that was missing may have come."""
    again = [{"id_": stream.id, "from_": stream.opened_seq} for stream in behind]
    connection.execute(
        delete(unopened).where(unopened.c.stream_id == bindparam("id_"), unopened.c.seq > bindparam("from_")), again
    )


def _note(connection: Connection, behind: list[_Behind]) -> None:
    done = [{"id_": stream.id, "until_": stream.until_seq} for stream in behind]
    connection.execute(
        update(streams).where(streams.c.id == bindparam("id_")).values(opened_seq=bindparam("until_")), done
    )

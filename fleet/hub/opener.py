"""The opener: turns stored rows into typed records. It alone holds the hub's private opening keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import insert, select, update

from fleet.hub.schema import records, rows, streams, unopened
from sync.chain import Row
from sync.entry import decode
from sync.records import fields, kind
from sync.rejected import Rejected
from sync.seal import OPENING_SEQ, StreamOpener, open_stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from sqlalchemy import Connection
    from sqlalchemy import Row as TableRow

    from fleet.hub.store import HubStore

_BATCH = 1_000


def open_stored(store: HubStore, hub_keys: Mapping[bytes, X25519PrivateKey]) -> int:
    """Open every stored row that has not been looked at; return how many records came of it.

    Only the gapless prefix of a stream is opened, each batch in one transaction with the note of how far it went:
    a row becomes one record or one named failure, once.
    """
    opened = 0
    while True:
        with store.transaction() as connection:
            behind = connection.execute(
                select(streams).where(streams.c.opened_seq < streams.c.tip_seq).limit(1).with_for_update()
            ).one_or_none()
            if behind is None:
                return opened
            opened += _open_batch(connection, behind, hub_keys)


def listing(store: HubStore) -> list[dict[str, Any]]:
    """Return every record, oldest first, as plain values."""
    with store.transaction() as connection:
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


def _open_batch(connection: Connection, stream: TableRow[Any], hub_keys: Mapping[bytes, X25519PrivateKey]) -> int:
    opener = _opener(connection, stream, hub_keys)
    batch = connection.execute(
        select(rows)
        .where(rows.c.stream_id == stream.id, rows.c.seq > stream.opened_seq, rows.c.seq <= stream.tip_seq)
        .order_by(rows.c.seq)
        .limit(_BATCH)
    ).all()
    made: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for row in batch:
        if row.seq == OPENING_SEQ and not isinstance(opener, Rejected):
            continue
        outcome = _record(opener, stream, Row(row.seq, row.nonce, bytes(row.sealed)))
        (failed if "reason" in outcome else made).append(outcome)
    if made:
        connection.execute(insert(records), made)
    if failed:
        connection.execute(insert(unopened), failed)
    connection.execute(update(streams).where(streams.c.id == stream.id).values(opened_seq=batch[-1].seq))
    return len(made)


def _opener(
    connection: Connection,
    stream: TableRow[Any],
    hub_keys: Mapping[bytes, X25519PrivateKey],
) -> StreamOpener | Rejected:
    opening = connection.scalars(
        select(rows.c.sealed).where(rows.c.stream_id == stream.id, rows.c.seq == OPENING_SEQ)
    ).one()
    return open_stream(stream.device, bytes(stream.stream), bytes(opening), hub_keys)


def _record(opener: StreamOpener | Rejected, stream: TableRow[Any], row: Row) -> dict[str, Any]:
    """Return the values of a record, or of the named failure to make one."""
    place = {"stream_id": stream.id, "seq": row.seq}
    plain = opener if isinstance(opener, Rejected) else opener.open(row)
    entry = plain if isinstance(plain, Rejected) else decode(plain, "" if isinstance(opener, Rejected) else opener.boot)
    if isinstance(entry, Rejected):
        return {**place, "reason": str(entry)}
    return {
        **place,
        "device": stream.device,
        "kind": kind(entry.record),
        **msgspec.structs.asdict(entry.time),
        "fields": fields(entry.record),
    }

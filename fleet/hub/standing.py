"""How streams stand in the database: how far each reaches, and what is missing before the last row held."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_

from fleet.hub.batches import batched
from fleet.hub.ranges import without
from fleet.hub.schema import losses, rows, streams
from sync.chain import Tip, start
from sync.ledger import missing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from sync.chain import Range

# Of the rows held beyond a gap, as many are looked at for an answer: what is missing after them the next answer names.
_LOOKED_AT = 5_000
# 20 bytes each at most; those after them the next answer names.
_WANTED = 50
# More in one statement and PostgreSQL runs out of stack (at 20,000 and 2 MB); SQLite takes 32,766 values.
_PLACES_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a stream is stored without a gap, and which rows are wanted before others that are held."""

    tip: Tip
    want: tuple[Range, ...] = ()


def standings(
    connection: Connection, asked: Mapping[str, Collection[bytes]], latest: Sequence[int]
) -> dict[str, dict[bytes, Standing]]:
    """Return, per device, how its streams stand: those `asked` about, known or not, then the `latest` (by id)."""
    places = [(device, stream) for device, named in asked.items() for stream in named]
    named_place = tuple_(streams.c.device, streams.c.stream)
    found = [
        stream
        for some in batched(places, _PLACES_AT_ONCE)
        for stream in connection.execute(select(streams).where(named_place.in_(some)))
    ]
    found += connection.execute(select(streams).where(streams.c.id.in_(latest)).order_by(streams.c.id.desc())).all()
    wanted = _wanted(connection, {stream.id: stream.tip_seq for stream in found if stream.last_seq > stream.tip_seq})
    standing = {
        device: {stream: Standing(start(device, stream)) for stream in named} for device, named in asked.items()
    }
    for stream in found:
        tip = Tip(stream.tip_seq, bytes(stream.tip_chain))
        standing[stream.device][bytes(stream.stream)] = Standing(tip, wanted.get(stream.id, ())[:_WANTED])
    return standing


def lost_of(connection: Connection, stream_ids: Collection[int]) -> dict[int, tuple[Range, ...]]:
    """Return what was declared lost of each stream that lost anything."""
    declared: defaultdict[int, list[Range]] = defaultdict(list)
    wanted = select(losses).where(losses.c.stream_id.in_(stream_ids)).order_by(losses.c.stream_id, losses.c.first_seq)
    for stream_id, first, last in connection.execute(wanted):
        declared[stream_id].append((first, last))
    return {stream_id: tuple(ranges) for stream_id, ranges in declared.items()}


def missing_of(connection: Connection, stream_id: int, tip_seq: int, looked_at: int | None = None) -> tuple[Range, ...]:
    """Return the numbers between the tip and the last row held that are not held."""
    beyond = select(rows.c.seq).where(rows.c.stream_id == stream_id, rows.c.seq > tip_seq).order_by(rows.c.seq)
    return missing(Tip(tip_seq, b""), connection.scalars(beyond.limit(looked_at)))


def _wanted(connection: Connection, tip_seqs: Mapping[int, int]) -> dict[int, tuple[Range, ...]]:
    if not tip_seqs:
        return {}
    lost = lost_of(connection, list(tip_seqs))
    return {
        number: without(missing_of(connection, number, seq, _LOOKED_AT), lost.get(number, ()))
        for number, seq in tip_seqs.items()
    }

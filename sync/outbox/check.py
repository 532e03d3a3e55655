"""Streams and rows as an outbox holds them, and how it knows that one is whole. No I/O.

SQLite's own check does not see a bit that flipped inside a value: each row has a CRC-32 over all that it says, with the
name of its stream, so that a row under another's number is seen too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zlib import crc32

import msgspec

from sync.chain import CHAIN_BYTES, STREAM_BYTES, Row, Tip

# The lane of what version 1 wrote, which had none: the kiosk was its only writer.
OLD_LANE = "kiosk.ordinary"
# 2^40 rows a stream and 2^23 streams: a record each second for 35,000 years, a start each hour for 900.
_SEQ_BITS = 40
SEQ_LIMIT = 1 << _SEQ_BITS
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of the outbox: how far it reaches, and how far the hub has it.

    `open`: it may still grow. `kept_from`: rows before were confirmed and forgotten. `damaged`: rows were lost for
    good, so that its chain cannot be recomputed. `epoch`: the hub's when it last spoke of this stream. `turn` counts
    what the hub has proved over all streams, upwards what it said over the link and downwards what came by stick.
    """

    number: int
    stream: bytes
    lane: str
    last: Tip
    stored: Tip
    kept_from: int
    open: bool
    forked: bool
    damaged: bool
    epoch: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row as it is kept: with the chain up to it, and when it was queued (Unix seconds)."""

    row: Row
    chain: bytes
    queued_s: int


def key(number: int, seq: int) -> int:
    """Return the row id of `seq` in the stream of `number`."""
    return number << _SEQ_BITS | seq


def number_and_seq(row_id: int) -> tuple[int, int]:
    """Return what `key` was made of."""
    return row_id >> _SEQ_BITS, row_id & (SEQ_LIMIT - 1)


def name_row(stream: bytes, lane: str) -> KeptRow:
    """Return the row before a stream's first, which says its name and lane among its rows.

    What is noted of streams lies together: were that lost, nobody could tell whose the rows are.
    """
    return KeptRow(Row(0, 0, stream + lane.encode()), bytes(CHAIN_BYTES), 0)


def name_and_lane(row: KeptRow) -> tuple[bytes, str]:
    """Return what `name_row` was made of.

    Raises:
        UnicodeDecodeError: it was none.
    """
    return row.row.sealed[:STREAM_BYTES], row.row.sealed[STREAM_BYTES:].decode()


def row_values(stream: Stream, kept: KeptRow) -> tuple[int | bytes, ...]:
    """Return the columns of a row."""
    row = kept.row
    check = row_check(stream.stream, row.seq, row.nonce, kept.queued_s, kept.chain, row.sealed)
    return key(stream.number, row.seq), row.nonce, kept.queued_s, kept.chain, row.sealed, check


def row_from(stream: bytes, values: tuple[Any, ...]) -> KeptRow | None:
    """Return the row of `stream` in these columns, or None where it is not as it was written."""
    row_id, nonce, queued_s, chain, sealed, check = values
    seq = number_and_seq(row_id)[1]
    if check != row_check(stream, seq, nonce, queued_s, chain, sealed):
        return None
    return KeptRow(Row(seq, nonce, sealed), chain, queued_s)


def stream_values(stream: Stream) -> tuple[int | bytes | str | None, ...]:
    """Return the columns of a stream; how far it reaches is left to its rows while it may grow."""
    last = (None, None) if stream.open else (stream.last.seq, stream.last.chain)
    stored = (stream.stored.seq, stream.stored.chain)
    flags = (int(stream.forked), int(stream.damaged))
    proof = (stream.epoch, stream.turn)
    values = (stream.number, stream.stream, stream.lane, *last, *stored, stream.kept_from, *flags, *proof)
    return (*values, check_of(*values))


def stream_from(values: tuple[Any, ...]) -> Stream | None:
    """Return the stream in these columns, or None where they are not as written.

    One that may grow is returned as if it ended at what is stored. Before version 3 nobody noted in which epoch the hub
    had spoken: it is asked again.
    """
    *rest, check = values
    if check != check_of(*rest):
        return None
    number, stream, lane, last_seq, last_chain, stored_seq, stored_chain, kept_from, forked, broken, *proof = rest
    epoch, turn = proof or (0, 0)
    stored = Tip(stored_seq, stored_chain)
    last = stored if last_seq is None else Tip(last_seq, last_chain)
    flags = (last_seq is None, bool(forked), bool(broken))
    return Stream(number, stream, lane, last, stored, kept_from, *flags, epoch, turn)


def row_check(stream: bytes, *values: float | bytes | str | None) -> int:
    """Return the CRC-32 of a row of `stream`: its seq, nonce, time, chain, sealed bytes; of whatever type they come."""
    return crc32(_encode((stream, values)))


def check_of(*values: float | bytes | str | None) -> int:
    """Return the CRC-32 of any other row: all its other columns, in order."""
    return crc32(_encode(values))

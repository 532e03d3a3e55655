"""How an outbox names its rows and knows that one is whole. No I/O.

SQLite's own check does not see a bit that flipped inside a value: each row has a CRC-32 over all that it says, with the
name of its stream, so that a row under another's number is seen too.
"""

from __future__ import annotations

from zlib import crc32

import msgspec

# 2^40 rows a stream and 2^23 streams: a record each second for 35,000 years, a start each hour for 900.
_SEQ_BITS = 40
SEQ_LIMIT = 1 << _SEQ_BITS
_encode = msgspec.msgpack.Encoder().encode


def key(number: int, seq: int) -> int:
    """Return the row id of `seq` in the stream of `number`."""
    return number << _SEQ_BITS | seq


def number_and_seq(row_id: int) -> tuple[int, int]:
    """Return what `key` was made of."""
    return row_id >> _SEQ_BITS, row_id & (SEQ_LIMIT - 1)


def row_check(stream: bytes, *values: float | bytes | str | None) -> int:
    """Return the CRC-32 of a row of `stream`: its seq, nonce, time, chain, sealed bytes; of whatever type they come."""
    return crc32(_encode((stream, values)))


def stream_check(*values: float | bytes | str | None) -> int:
    """Return the CRC-32 of a row of `streams`: every other column, in order."""
    return crc32(_encode(values))

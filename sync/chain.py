"""Rows of a stream, and the running hash which shows that none is missing or changed. No I/O.

The chain goes over the sealed bytes only: a hash of plain text would let a thief confirm a guess.

    chain(0)  =  SHA-256("guichet/chain/v1" 0x00 device 0x00 stream)
    chain(n)  =  SHA-256(chain(n-1)  seq:u64  nonce:u64  sealed)          integers big-endian
    chain(b)  =  SHA-256("guichet/gap/v1" 0x00 chain(a-1) a:u64 b:u64)    rows a to b lost for good, and named so
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Sequence numbers from the first to the last, both included.
Range = tuple[int, int]

STREAM_BYTES = 16
CHAIN_BYTES = 32
# Above any sequence number.
_ANY_SEQ = 1 << 63


def are_within(ranges: Sequence[Range], first: int, last: int) -> bool:
    """Return whether all numbers from `first` to `last`, if any, are within one of `ranges`, which rise apart."""
    if first > last:
        return True
    place = bisect_right(ranges, (first, _ANY_SEQ)) - 1
    return place >= 0 and ranges[place][1] >= last


@dataclass(frozen=True, slots=True)
class Row:
    """One sealed record: its place in the stream (dense, from 1), its nonce counter, its bytes."""

    seq: int
    nonce: int
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Tip:
    """How far a stream reaches: its last row and the chain up to there. Sequence 0 is an empty stream."""

    seq: int
    chain: bytes

    def after(self, row: Row) -> Tip:
        """Return the tip once `row`, the next in sequence, has been added.

        Raises:
            ValueError: `row` is not the next one.
        """
        if row.seq != self.seq + 1:
            raise ValueError(f"row {row.seq!r} does not follow {self.seq!r}")
        head = self.chain + row.seq.to_bytes(8, "big") + row.nonce.to_bytes(8, "big")
        return Tip(row.seq, sha256(head + row.sealed).digest())

    def over(self, last_seq: int) -> Tip:
        """Return the tip once the rows up to `last_seq` have been declared lost."""
        span = (self.seq + 1).to_bytes(8, "big") + last_seq.to_bytes(8, "big")
        return Tip(last_seq, sha256(b"guichet/gap/v1\0" + self.chain + span).digest())


def start(device: str, stream: bytes) -> Tip:
    """Return the tip of an empty stream."""
    return Tip(0, sha256(b"guichet/chain/v1\0" + device.encode() + b"\0" + stream).digest())

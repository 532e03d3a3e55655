"""Rows of a stream, and the running hash which shows that none is missing or changed. No I/O.

The chain goes over the sealed bytes only: a hash of plain text would let a thief confirm a guess.

    chain(0)  =  SHA-256("guichet/chain/v1" 0x00 device 0x00 stream)
    chain(n)  =  SHA-256(chain(n-1)  seq:u64  nonce:u64  sealed)          integers big-endian
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

STREAM_BYTES = 16
CHAIN_BYTES = 32


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


def start(device: str, stream: bytes) -> Tip:
    """Return the tip of an empty stream."""
    return Tip(0, sha256(b"guichet/chain/v1\0" + device.encode() + b"\0" + stream).digest())

"""Cutting what the outbox holds into signed frames, for whatever carries them. Adapter: reads the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.frame import (
    BIRTH_VERSION,
    MAX_RANGES,
    MAX_ROWS,
    UNKNOWN_CHAIN,
    Birth,
    Reach,
    encode_birth,
    encode_frame,
    make_frame,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from sync.chain import Range, Row
    from sync.configuration import Configuration
    from sync.outbox import Outbox

# What MessagePack and the nonce add to a row's sealed bytes, at most.
_ROW_OVERHEAD_BYTES = 12
# 500 streams are 15 kB of a birth, and as many answers as fit one message.
_BIRTH_STREAMS = 500


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is: its name, its own key, and the hub's public key."""

    device: str
    key: Ed25519PrivateKey
    hub_key: Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class SignedFrame:
    """A frame as it travels, the number of its last row, and how many it holds."""

    payload: bytes
    last_seq: int
    rows: int


def birth(identity: Identity, outbox: Outbox, configuration: Configuration | None = None) -> bytes:
    """Return the device's signed birth: the streams that the hub is to answer about, what is lost, and what it runs."""
    epoch = outbox.epoch()
    # What the hub said in an earlier epoch is no claim in this one.
    reaches = {
        stream.stream: Reach(stream.last.seq, stream.stored.seq if stream.epoch == epoch else 0)
        for stream in outbox.streams_to_name(_BIRTH_STREAMS)
    }
    said = Birth(BIRTH_VERSION, identity.device, True, epoch, reaches, _some_of(outbox.lost()), configuration)
    return encode_birth(said, identity.key)


def farewell(identity: Identity) -> bytes:
    """Return what the broker is to say of the device once it is silent: its last will."""
    return encode_birth(Birth(BIRTH_VERSION, identity.device, online=False), identity.key)


def next_frame(identity: Identity, outbox: Outbox, stream: bytes, span: Range, frame_bytes: int) -> SignedFrame | None:
    """Return a frame of the rows of `stream` from the first number of `span` on, or None where none of it is kept.

    It ends at the last number of `span`, at a row that is lost, or where `frame_bytes` are reached, after one row at
    least.

    Raises:
        OutboxError: the outbox cannot be read.
    """
    first_seq, last_seq = span
    rows = _fitting(outbox.rows(stream, first_seq, min(last_seq - first_seq + 1, MAX_ROWS)), frame_bytes)
    rows = tuple(row for row in rows if row.seq <= last_seq)
    if not rows:
        return None
    if outbox.is_after_a_loss(stream, rows[0].seq):
        chain = UNKNOWN_CHAIN
    elif (before := outbox.tip_before(stream, rows[0].seq)) is not None:
        chain = before.chain
    else:
        return None  # confirmed by another carrier and forgotten between two looks
    frame = make_frame(identity.device, stream, chain, rows)
    return SignedFrame(encode_frame(frame, identity.key), rows[-1].seq, len(rows))


def _some_of(lost: dict[bytes, tuple[Range, ...]]) -> dict[bytes, tuple[Range, ...]]:
    """Return as many losses as a birth may hold, of each stream its share: the next births have the others."""
    some: dict[bytes, tuple[Range, ...]] = {}
    left = MAX_RANGES
    for place, (stream, ranges) in enumerate(lost.items()):
        if left:
            some[stream] = ranges[: max(1, left // (len(lost) - place))]
            left -= len(some[stream])
    return some


def _fitting(rows: tuple[Row, ...], frame_bytes: int) -> tuple[Row, ...]:
    size = 0
    for count, row in enumerate(rows):
        size += len(row.sealed) + _ROW_OVERHEAD_BYTES
        if count and size > frame_bytes:
            return rows[:count]
    return rows

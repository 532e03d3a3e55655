"""Frames of sealed rows, signed by the device, and the hub's signed answer. No I/O.

    frame    msgpack [body, signature]     body    msgpack [version, device, stream, first seq, chain before, rows]
                                           row     [nonce, sealed]; sequence numbers are dense from `first seq`
    stored   msgpack [body, signature]     body    msgpack [version, epoch, session, device, {stream: [seq, chain]},
                                                            {stream: missing ranges}]
    birth    msgpack [body, signature]     body    msgpack [version 2, device, online, epoch,
                                                            {stream: [last, stored]}, {stream: lost ranges},
                                                            configuration or nil (`sync.configuration`)]

Signatures are Ed25519 over a context string and the body: a frame also travels by USB stick, which has no TLS,
and no signature made for one purpose can serve another. A message grows only at its end: who does not know a field
ignores it, who does not get it takes it as empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature

from sync.chain import CHAIN_BYTES, STREAM_BYTES, Range, Row, Tip
from sync.configuration import Configuration  # noqa: TC001  (msgspec reads the annotations at run time)
from sync.rejected import Reason, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_Body = TypeVar("_Body")

# In a frame of a stream whose device has lost rows: the chain before cannot be told any more.
UNKNOWN_CHAIN = bytes(CHAIN_BYTES)

VERSION = 1
BIRTH_VERSION = 2
# The broker's packet limit is 64 kB; a frame aims at 16 kB, and one row may hold 4 kB.
MAX_FRAME_BYTES = 60_000
MAX_ROWS = 1_000
# Of wishes and losses in one message, all streams together: who has more says the rest another time.
MAX_RANGES = 1_000
# Sequence numbers and nonces fit the signed 64 bits of a database, with room for a frame.
MAX_SEQ = (1 << 62) - 1
_FRAME = b"guichet/frame/v1\0"
_STORED = b"guichet/stored/v1\0"
_STATE = b"guichet/state/v1\0"


class Reach(msgspec.Struct, frozen=True, array_like=True):
    """How far a stream is queued on the device, and how far the hub has it as the device knows (sequence numbers)."""

    last_seq: int
    stored_seq: int


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive rows of one stream; `chain_before` is the chain up to the row before the first."""

    version: int
    device: str
    stream: bytes
    first_seq: int
    chain_before: bytes
    sealed: tuple[tuple[int, bytes], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows, numbered."""
        return tuple(Row(self.first_seq + n, nonce, sealed) for n, (nonce, sealed) in enumerate(self.sealed))


class Stored(msgspec.Struct, frozen=True, array_like=True):
    """The hub's word that rows are in its database: per stream, how far without a gap, and the chain there.

    The only proof that lets a record leave the outbox. `epoch` rises when the hub was restored from a backup: an older
    one proves nothing any more. `session` is another each time that an ingest process comes back to the broker: frames
    sent before may have met nobody. `want` names the rows that are missing before others which the hub holds already.
    """

    version: int
    epoch: int
    session: bytes
    device: str
    through: dict[bytes, tuple[int, bytes]]
    want: dict[bytes, tuple[Range, ...]] = {}

    def tips(self) -> dict[bytes, Tip]:
        """Return how far each stream named is stored."""
        return {stream: Tip(*reached) for stream, reached in self.through.items()}


class Birth(msgspec.Struct, frozen=True, array_like=True):
    """What a device says of itself when it connects.

    `reaches` says of streams how far each is queued, and how far the hub had it by its own word in `epoch`: a hub
    restored from a backup sees there what it has forgotten. `lost` are the rows that the device can never give, after a
    damaged disk. `configuration` is None where it says nothing of that.
    """

    version: int
    device: str
    online: bool
    epoch: int = 0
    reaches: dict[bytes, Reach] = {}
    lost: dict[bytes, tuple[Range, ...]] = {}
    configuration: Configuration | None = None


class _Birth1(msgspec.Struct, frozen=True, array_like=True):
    """Version 1 of a birth: without a word of what the hub had proved but its last answer, which is not used."""

    version: int
    device: str
    online: bool
    last_seq: dict[bytes, int]
    receipt: bytes = b""
    lost: dict[bytes, tuple[Range, ...]] = {}


class _Head(msgspec.Struct, frozen=True, array_like=True):
    version: int


class _Signed(msgspec.Struct, frozen=True, array_like=True):
    body: bytes
    signature: bytes


_frame_decoder = msgspec.msgpack.Decoder(Frame)
_stored_decoder = msgspec.msgpack.Decoder(Stored)
_birth_decoder = msgspec.msgpack.Decoder(Birth)
_birth_1_decoder = msgspec.msgpack.Decoder(_Birth1)
_head_decoder = msgspec.msgpack.Decoder(_Head)
_signed_decoder = msgspec.msgpack.Decoder(_Signed)


def make_frame(device: str, stream: bytes, chain_before: bytes, rows: tuple[Row, ...]) -> Frame:
    """Return a frame of `rows`, which are consecutive and not empty."""
    sealed = tuple((row.nonce, row.sealed) for row in rows)
    return Frame(VERSION, device, stream, rows[0].seq, chain_before, sealed)


def encode_frame(frame: Frame, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of `frame`, signed by the device."""
    return _sign(msgspec.msgpack.encode(frame), _FRAME, key)


def decode_frame(data: bytes, device: str, key: Ed25519PublicKey) -> Frame | Rejected:
    """Return the frame in `data` if `device` signed it with `key` and it is about `device`."""
    if len(data) > MAX_FRAME_BYTES:
        return Rejected(Reason.TOO_LARGE, f"{len(data)} bytes")
    frame = _verified(data, _FRAME, key, _frame_decoder.decode)
    if isinstance(frame, Rejected):
        return frame
    if frame.version != VERSION:
        return Rejected(Reason.OTHER_VERSION, f"frame version {frame.version!r}")
    if frame.device != device:
        return Rejected(Reason.OTHER_DEVICE, repr(frame.device))
    lengths = len(frame.stream) == STREAM_BYTES and len(frame.chain_before) == CHAIN_BYTES
    numbers = 1 <= frame.first_seq <= MAX_SEQ and all(0 <= nonce <= MAX_SEQ for nonce, _ in frame.sealed)
    if not (lengths and numbers and 1 <= len(frame.sealed) <= MAX_ROWS):
        return Rejected(Reason.NOT_DECODABLE, "a field is out of range")
    return frame


def encode_stored(stored: Stored, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of `stored`, signed by the hub."""
    return _sign(msgspec.msgpack.encode(stored), _STORED, key)


def decode_stored(data: bytes, device: str, key: Ed25519PublicKey) -> Stored | Rejected:
    """Return the answer in `data` if the hub signed it with `key`, for `device`."""
    stored = _verified(data, _STORED, key, _stored_decoder.decode)
    if isinstance(stored, Rejected):
        return stored
    if stored.version != VERSION:
        return Rejected(Reason.OTHER_VERSION, f"stored version {stored.version!r}")
    if stored.device != device:
        return Rejected(Reason.OTHER_DEVICE, repr(stored.device))
    lengths = all(
        len(stream) == STREAM_BYTES and len(chain) == CHAIN_BYTES for stream, (_, chain) in stored.through.items()
    )
    numbers = all(0 <= seq <= MAX_SEQ for seq, _ in stored.through.values()) and 0 <= stored.epoch <= MAX_SEQ
    if not (lengths and numbers and _are_ranges(stored.want)):
        return Rejected(Reason.NOT_DECODABLE, "a field is out of range")
    return stored


def encode_birth(birth: Birth, key: Ed25519PrivateKey) -> bytes:
    """Return the bytes of `birth`, signed by the device."""
    return _sign(msgspec.msgpack.encode(birth), _STATE, key)


def decode_birth(data: bytes, device: str, key: Ed25519PublicKey) -> Birth | Rejected:
    """Return the birth in `data` if `device` signed it with `key`."""
    birth = _verified(data, _STATE, key, _birth_of)
    if isinstance(birth, Rejected):
        return birth
    if birth.version not in {1, BIRTH_VERSION}:
        return Rejected(Reason.OTHER_VERSION, f"birth version {birth.version!r}")
    if birth.device != device:
        return Rejected(Reason.OTHER_DEVICE, repr(birth.device))
    reaches = all(
        len(stream) == STREAM_BYTES and 0 <= reach.stored_seq <= reach.last_seq <= MAX_SEQ
        for stream, reach in birth.reaches.items()
    )
    if not (reaches and 0 <= birth.epoch < MAX_SEQ and _are_ranges(birth.lost)):
        return Rejected(Reason.NOT_DECODABLE, "a field is out of range")
    return birth


def _birth_of(body: bytes) -> Birth:
    """Return the birth in a body of this version or the first: devices are updated after the hub, one by one."""
    if _head_decoder.decode(body).version != 1:
        return _birth_decoder.decode(body)
    said = _birth_1_decoder.decode(body)
    reaches = {stream: Reach(last_seq, 0) for stream, last_seq in said.last_seq.items()}
    return Birth(said.version, said.device, said.online, 0, reaches, said.lost)


def _are_ranges(ranges: dict[bytes, tuple[Range, ...]]) -> bool:
    """Return whether there are not too many, each has a row at least, and those of a stream rise without overlap."""
    if sum(map(len, ranges.values())) > MAX_RANGES:
        return False
    for stream, spans in ranges.items():
        ends = [0, *(number for span in spans for number in span)]
        rising = all(first < second for first, second in zip(ends[:-1:2], ends[1::2], strict=True))
        whole = all(first <= last <= MAX_SEQ for first, last in spans)
        if len(stream) != STREAM_BYTES or not (rising and whole):
            return False
    return True


def _sign(body: bytes, context: bytes, key: Ed25519PrivateKey) -> bytes:
    return msgspec.msgpack.encode(_Signed(body, key.sign(context + body)))


def _verified(data: bytes, context: bytes, key: Ed25519PublicKey, decode: Callable[[bytes], _Body]) -> _Body | Rejected:
    """Decode the body only after its signature: nothing of ours parses what a stranger wrote."""
    try:
        signed = _signed_decoder.decode(data)
        key.verify(signed.signature, context + signed.body)
        return decode(signed.body)
    except InvalidSignature:
        return Rejected(Reason.BAD_SIGNATURE)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:  # arrays within arrays, thousands deep
        return Rejected(Reason.NOT_DECODABLE, str(error))

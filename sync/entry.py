"""A record and its time, and their bytes before they are sealed. No I/O.

    01 …   MessagePack {"time": [boot, boottime_ns, wall_s, synchronised], "record": {"kind": …, …}}   (still read)
    02 …   zstd (magicless, level 3, the dictionary of `sync.dictionary`, no checksum: the seal has one) of MessagePack
           [boottime_ms, wall_ms, synchronised, [kind, field, …]], then zeros up to a multiple of 16 bytes

The zeros keep a length from telling which words were in it. The boot is not here: one stream lives in one boot, and its
opening names it.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
import zstandard

from sync import dictionary
from sync.records import NO_NUL, ReceiptContent, ReceiptRequested, Record, Word
from sync.rejected import Reason, Rejected

_MESSAGE_PACK = 1
_COMPRESSED = 2
_PAD_BYTES = 16
# No record of ours is longer; a hostile frame must not make the hub allocate more.
_MAX_PLAIN_BYTES = 8_000
# A frame takes 60 kB: no row may come near.
_MAX_ENTRY_BYTES = 4_000


class EntryError(ValueError):
    """The record is none that `decode` would take: nobody must be promised that it arrives."""


class Moment(msgspec.Struct, frozen=True):
    """When something happened, as a machine without a real-time clock can tell.

    `boot` and `boottime_ns` order what one boot saw, whatever its clock said; `wall_s` (seconds since 1970) is
    to be believed only where `synchronised` says so. The hub maps the one to the other. Milliseconds travel.
    """

    boot: str
    boottime_ns: int
    wall_s: float
    synchronised: bool


class Entry(msgspec.Struct, frozen=True):
    """A record and its time: what is sealed."""

    time: Moment
    record: Record


# What a database keeps: 63 bits of nanoseconds, and a year that a clock can show.
_BoottimeMs = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) // 1_000_000)]
_WallMs = Annotated[int, msgspec.Meta(ge=-(1 << 53), le=1 << 53)]


class _Wire(msgspec.Struct, frozen=True, array_like=True):
    boottime_ms: _BoottimeMs
    wall_ms: _WallMs
    synchronised: bool
    record: Record


class _Moment1(msgspec.Struct, frozen=True, array_like=True):
    boot: Annotated[str, msgspec.Meta(max_length=36, pattern=NO_NUL)]
    boottime_ns: Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
    wall_s: Annotated[float, msgspec.Meta(ge=-(1 << 43), le=1 << 43)]
    synchronised: bool


class _Receipt1(msgspec.Struct, frozen=True, tag_field="kind", tag="receipt_requested"):
    sheet: Word
    content: ReceiptContent


class _Entry1(msgspec.Struct, frozen=True):
    time: _Moment1
    record: _Receipt1


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Wire)
_decoder1 = msgspec.msgpack.Decoder(_Entry1)
_words = zstandard.ZstdCompressionDict(dictionary.VERSION_1, dict_type=zstandard.DICT_TYPE_FULLDICT)
_compressor = zstandard.ZstdCompressor(
    dict_data=_words,
    compression_params=zstandard.ZstdCompressionParameters.from_level(
        3, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=True, write_dict_id=False, write_checksum=False
    ),
)
_decompressor = zstandard.ZstdDecompressor(dict_data=_words, format=zstandard.FORMAT_ZSTD1_MAGICLESS)


def encode(entry: Entry) -> bytes:
    """Return the bytes of `entry`, but for its boot; one thread at a time.

    Raises:
        EntryError: `decode` would refuse them.
    """
    time = entry.time
    try:
        wire = _Wire(time.boottime_ns // 1_000_000, round(time.wall_s * 1000), time.synchronised, entry.record)
        packed = _encoder.encode(wire)
        _decoder.decode(packed)  # msgspec looks at lengths and patterns only when it reads
    except (msgspec.MsgspecError, UnicodeEncodeError, TypeError, OverflowError) as error:
        raise EntryError(f"the record cannot be kept: {error}") from error
    plain = bytes([_COMPRESSED]) + _compressor.compress(packed)
    if len(packed) > _MAX_PLAIN_BYTES or len(plain) > _MAX_ENTRY_BYTES:
        raise EntryError(f"the record cannot be kept: {len(packed)} bytes are too many")
    return plain + bytes(-len(plain) % _PAD_BYTES)


def decode(data: bytes, boot: str) -> Entry | Rejected:
    """Return the entry in `data`, which was written in `boot`; one thread at a time."""
    try:
        match data[:1]:
            case b"\x02":
                return _decompressed(data[1:], boot)
            case b"\x01":
                old = _decoder1.decode(data[1:])
                time = Moment(old.time.boot, old.time.boottime_ns, old.time.wall_s, old.time.synchronised)
                return Entry(time, ReceiptRequested(old.record.sheet, old.record.content))
            case other:
                return Rejected(Reason.OTHER_VERSION, f"entry encoding {other.hex()!r}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, zstandard.ZstdError) as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))


def _decompressed(data: bytes, boot: str) -> Entry | Rejected:
    # A frame that states its size is believed by the library up to its own limit: ask first.
    size = zstandard.frame_content_size(b"\x28\xb5\x2f\xfd" + data)
    if not 0 <= size <= _MAX_PLAIN_BYTES:
        return Rejected(Reason.TOO_LARGE, f"{size} bytes once open")
    wire = _decoder.decode(_decompressor.decompress(data))
    moment = Moment(boot, wire.boottime_ms * 1_000_000, wire.wall_ms / 1000, wire.synchronised)
    return Entry(moment, wire.record)

"""What a device reports, as typed values, and their bytes. No I/O.

Every kind of record is declared here and nowhere else. A record never holds what a citizen typed, answered
or scanned: it counts what was done, not who asked.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from sync.rejected import Reason, Rejected

# The first byte of an encoded entry names its encoding, so that a later one (compressed) can join.
_MESSAGE_PACK = b"\x01"


class ReceiptContent(Enum):
    """What a receipt carried."""

    CHECKLIST = "checklist"
    SHEET = "sheet"


class ReceiptRequested(msgspec.Struct, frozen=True, tag_field="kind", tag="receipt_requested"):
    """A citizen asked for a sheet, or for the checklist of their case, on paper."""

    sheet: str
    content: ReceiptContent


Record = ReceiptRequested


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """When something happened, as a machine without a real-time clock can tell.

    `boot` and `boottime_ns` order what one boot saw, whatever its clock said; `wall_s` (seconds since 1970) is
    to be believed only where `synchronised` says so. The hub maps the one to the other.
    """

    boot: str
    boottime_ns: int
    wall_s: float
    synchronised: bool


class Entry(msgspec.Struct, frozen=True):
    """A record and its time: what is sealed."""

    time: Moment
    record: Record


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)


def encode(entry: Entry) -> bytes:
    """Return the bytes of `entry`."""
    return _MESSAGE_PACK + _encoder.encode(entry)


def decode(data: bytes) -> Entry | Rejected:
    """Return the entry in `data`."""
    if data[:1] != _MESSAGE_PACK:
        return Rejected(Reason.OTHER_VERSION, f"entry encoding {data[:1].hex()!r}")
    try:
        return _decoder.decode(data[1:])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        return Rejected(Reason.NOT_DECODABLE, str(error))

"""Values in the tag-length-value coding of cards. No I/O. Source: ISO/IEC 7816-4, 5.2.2 (BER-TLV)."""

from __future__ import annotations

_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_MORE_TAG = 0x80
_LONG_LENGTH = 0x80
_MOST_LENGTH_BYTES = 3


def find(data: bytes, *path: int) -> bytes | None:
    """Return the value under nested tags; None where it is not there, or `data` is no BER-TLV up to it."""
    for tag in path:
        found = _find(data, tag)
        if found is None:
            return None
        data = found
    return data


def encode(tag: int, value: bytes) -> bytes:
    """Return a tag of one or two bytes, the length and the value."""
    head = tag.to_bytes(1 + (tag > 0xFF), "big")  # noqa: PLR2004  (one byte)
    length = len(value)
    if length < _LONG_LENGTH:
        return head + bytes([length]) + value
    size = (length.bit_length() + 7) // 8
    return head + bytes([_LONG_LENGTH | size]) + length.to_bytes(size, "big") + value


def _find(data: bytes, wanted: int) -> bytes | None:
    place = 0
    while place < len(data):
        tag = data[place]
        place += 1
        if tag & _LONG_TAG == _LONG_TAG:
            if place >= len(data) or data[place] & _MORE_TAG:
                return None  # tags of three bytes are used by none of the cards we read
            tag = tag << 8 | data[place]
            place += 1
        if place >= len(data):
            return None
        length = data[place]
        place += 1
        if length & _LONG_LENGTH:
            size = length & ~_LONG_LENGTH
            if not 0 < size <= _MOST_LENGTH_BYTES or place + size > len(data):
                return None
            length = int.from_bytes(data[place : place + size], "big")
            place += size
        if place + length > len(data):
            return None
        if tag == wanted:
            return data[place : place + length]
        place += length
    return None

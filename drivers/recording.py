"""What went over a device's wire, without its content. No I/O.

A recording is lines of JSON: `{"at_ms": 12, "out": "100401"}` for an order that holds no content,
`{"at_ms": 15, "out_bytes": 4312}` for data that does, `{"at_ms": 16, "in": "12"}` for what the device said. What a
scanner read is redacted letter by letter: its length, its control characters and their places stay, the words go. So
are the keys that somebody, or a scanner, pressed: how many and how stays, which goes. A program that we start for a
device says more: `err` beside `in`, and `ended`, its exit code.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

# A day of a chatty device; beyond it a recording is a mistake.
_MOST_LINES = 200_000
# Orders to a printer which hold no content: DLE EOT n, DLE ENQ n, GS a n, DLE DC4 (clear), GS r n.
_PLAIN_ORDERS = re.compile(rb"(?:\x10[\x04\x05].|\x1da.|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08|\x1dr.)+", re.DOTALL)

# linux/input.h: struct input_event; linux/input-event-codes.h
_INPUT_RECORD = struct.Struct("@llHHi")
_EV_KEY, _EV_MSC = 0x01, 0x04


class Step(msgspec.Struct, frozen=True, omit_defaults=True, rename={"came": "in"}):
    """One piece of traffic; exactly one of them is said, but what a program says on both its channels at once."""

    at_ms: int
    out: str = ""
    out_bytes: int = 0
    came: str = ""
    err: str = ""
    ended: int | None = None


def sent(at_ms: int, data: bytes) -> Step:
    """Return what was sent to a device, as far as it may be told."""
    if _PLAIN_ORDERS.fullmatch(data):
        return Step(at_ms, out=data.hex())
    return Step(at_ms, out_bytes=len(data))


def heard(at_ms: int, data: bytes) -> Step:
    """Return what a device said of itself."""
    return Step(at_ms, came=data.hex())


def read(at_ms: int, data: bytes) -> Step:
    """Return what a scanner read: letters as x, digits as 0, what is neither as it is."""
    return Step(at_ms, came=without_words(data).hex())


def without_words(data: bytes) -> bytes:
    """Return as many bytes: letters as x, digits as 0, what is neither as it is."""
    return bytes(_redacted(byte) for byte in data)


def typed(at_ms: int, data: bytes, kept: Container[int], instead: int) -> Step:
    """Return what an input device said, whole records, at no time of day: a key is `instead`, but for those `kept`."""
    said = b"".join(
        _INPUT_RECORD.pack(0, 0, kind, code if kind != _EV_KEY or code in kept else instead, value)
        for _, _, kind, code, value in _INPUT_RECORD.iter_unpack(data[: len(data) - len(data) % _INPUT_RECORD.size])
        if kind != _EV_MSC  # the key's own number, once more
    )
    return Step(at_ms, came=said.hex())


def _redacted(byte: int) -> int:
    if 0x30 <= byte <= 0x39:  # noqa: PLR2004  (the digits of ASCII)
        return 0x30
    return 0x78 if chr(byte).isalpha() or byte >= 0x80 else byte  # noqa: PLR2004  (beyond ASCII)


def encode(steps: Iterable[Step]) -> bytes:
    """Return a recording as lines."""
    return b"".join(msgspec.json.encode(step) + b"\n" for step in steps)


def decode(lines: bytes) -> list[Step]:
    """Return the steps of a recording.

    Raises:
        ValueError: it is none.
    """
    steps = []
    for number, line in enumerate(lines.splitlines(), start=1):
        try:
            step = msgspec.json.decode(line, type=Step)
            bytes.fromhex(step.out + step.came + step.err)
        except (msgspec.DecodeError, ValueError) as error:
            raise ValueError(f"line {number} is no step of a recording") from error
        if number > _MOST_LINES:
            raise ValueError(f"more than {_MOST_LINES} lines")
        steps.append(step)
    return steps

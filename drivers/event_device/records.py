"""From the bytes of /dev/input/event* to records. No I/O.

    struct input_event   tv_sec long · tv_usec long · type u16 · code u16 · value s32     (linux/input.h)

When the kernel's buffer overflows it says SYN_DROPPED: what follows up to the next SYN_REPORT is incomplete and is
skipped, and `DROPPED` tells that the state must be asked for anew (Documentation/input/event-codes.rst).
Promise: how the bytes are chunked never matters; what no kernel says raises `NoRecordsError`, and nothing else.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_RECORD = struct.Struct("@llHHi")  # the kernel's own longs: 24 bytes where they have 64 bits

# linux/input-event-codes.h
EV_SYN = 0x00
EV_KEY = 0x01
EV_SW = 0x05
_EV_MAX = 0x1F
SYN_REPORT = 0
SYN_DROPPED = 3
UP, DOWN, REPEATED = 0, 1, 2


class NoRecordsError(ValueError):
    """These bytes are no input events: whatever this is, it is no input device."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing an input device says: a key's or a switch's new value, or where a report ends."""

    type: int
    code: int
    value: int


DROPPED = Record(EV_SYN, SYN_DROPPED, 0)


class RecordReader:
    """Feed it bytes as they arrive; it returns the records they complete."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False

    @property
    def unfinished(self) -> bool:
        """Whether part of a record waits for its rest."""
        return bool(self._rest)

    def receive(self, data: bytes) -> list[Record]:
        """Return the records completed by `data`, oldest first, without the marks between reports.

        Raises:
            NoRecordsError: `data` cannot be from an input device.
        """
        data = self._rest + data
        whole = len(data) - len(data) % _RECORD.size
        self._rest = data[whole:]
        records = []
        for _, _, kind, code, value in _RECORD.iter_unpack(data[:whole]):
            if kind > _EV_MAX:
                raise NoRecordsError(f"no input event has type {kind!r}")
            if kind == EV_SYN:
                records += self._mark(code)
            elif not self._skipping:
                records.append(Record(kind, code, value))
        return records

    def _mark(self, code: int) -> list[Record]:
        if code == SYN_DROPPED:
            self._skipping = True
        elif code == SYN_REPORT and self._skipping:
            self._skipping = False
            return [DROPPED]
        return []


def encode(record: Record) -> bytes:
    """Return the bytes a kernel would say `record` with, at time 0."""
    return _RECORD.pack(0, 0, record.type, record.code, record.value)

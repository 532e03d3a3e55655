"""What scanimage says while it scans, and why it stopped. No I/O.

It writes `Progress: 12.3%` with a carriage return, the name of each finished page, and its errors as
`scanimage: sane_read: Document feeder jammed`: the words are those of sane_strstatus (SANE standard, 4.2.7).
"""

from __future__ import annotations

import re

from drivers.interface import Fault

_PROGRESS = re.compile(rb"Progress: (\d{1,3})(?:\.\d+)?%")
_FAULTS = {
    "Device busy": Fault.BUSY,
    "Document feeder jammed": Fault.PAPER_JAMMED,
    "Document feeder out of documents": Fault.OUT_OF_PAPER,
    "Scanner cover is open": Fault.COVER_OPEN,
    "Error during device I/O": Fault.UNPLUGGED,
    "Access to resource has been denied": Fault.REFUSED,
    "Invalid argument": Fault.UNPLUGGED,
    "Connection refused": Fault.SERVICE_DOWN,
    "Operation not supported": Fault.BROKEN,
    "Out of memory": Fault.BROKEN,
    "No such file or directory": Fault.UNPLUGGED,
}
# What it says is kept up to here: a device that makes it talk for ever fills nobody's memory.
_MOST_BYTES = 20_000


class Telling:
    """Feed it what scanimage writes to its standard error; it knows how far the page is, and what went wrong."""

    def __init__(self) -> None:
        self._said = b""

    def receive(self, data: bytes) -> int | None:
        """Take what was written; return the per cent of the page, if it said so."""
        self._said = (self._said + data)[-_MOST_BYTES:]
        found = _PROGRESS.findall(data)
        return min(int(found[-1]), 100) if found else None

    def fault(self, exit_code: int, pages: int) -> Fault | None:
        """Return why it ended; None where it did all it should: a feeder runs out of sheets at its end."""
        said = self._said.decode("utf-8", errors="replace")
        named = next((fault for words, fault in _FAULTS.items() if words in said), None)
        if named is Fault.OUT_OF_PAPER and pages:
            return None
        if named is not None:
            return named
        if exit_code or not pages:
            return Fault.UNPLUGGED if "open of device" in said else Fault.NOT_ANSWERING
        return None


def is_whole(picture: bytes, size_bytes: int) -> bool:
    """Say whether a page (PGM or PPM) is as long as it says: scanimage ends well when a scanner ends early."""
    head = re.match(rb"P([56])\s+(?:#.*\n)*\s*(\d{1,6})\s+(\d{1,6})\s+(\d{1,5})\s", picture)
    if head is None:
        return False
    width, height, depth = int(head[2]), int(head[3]), 1 if int(head[4]) < 256 else 2  # noqa: PLR2004  (one byte)
    return size_bytes >= head.end() + width * height * depth * (3 if head[1] == b"6" else 1) > head.end()

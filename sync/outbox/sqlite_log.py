"""Reads an SQLite write-ahead log frame by frame, past frames that SQLite would stop at. No I/O.

Layout: sqlite.org/fileformat2.html, section 4. Each frame's checksum goes on from that of the frame before. Each commit
is flushed before the next begins, so a cut of power can tear the last one only; what two cuts in a row leave does not
go on from one to the other. Two commits that do, beyond the first bad frame, are damage.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
_MAGIC = 0x377F0682  # checksums of little-endian words; the last bit set: of big-endian ones


@dataclass(frozen=True, slots=True)
class Frame:
    """One page as a commit left it. `current`: written since the log last began anew, so later than the file's page."""

    page_number: int
    page: bytes
    current: bool
    commits: bool


def frames(log: bytes, page_bytes: int) -> tuple[Frame, ...]:
    """Return the frames of `log`, whether or not their checksums hold.

    Those that carry the header's salts were written since the log began anew; a damaged header tells none, and the
    first frame's stand for them.
    """
    found = []
    size = _FRAME_HEADER_BYTES + page_bytes
    salts = log[16:24] if _header_sums(log) else log[_HEADER_BYTES + 8 : _HEADER_BYTES + 16]
    for at in range(_HEADER_BYTES, len(log) - size + 1, size):
        number, pages_after = struct.unpack_from(">II", log, at)
        page = log[at + _FRAME_HEADER_BYTES : at + size]
        found.append(Frame(number, page, log[at + 8 : at + 16] == salts, pages_after > 0))
    return tuple(found)


def commits_beyond_damage(log: bytes, page_bytes: int) -> int:
    """Return the most commits that follow each other beyond the frame at which SQLite stops reading `log`."""
    most = run = 0
    stopped = False
    for frame, good in zip(frames(log, page_bytes), _good(log, page_bytes), strict=True):
        stopped = stopped or not good
        run = run + frame.commits if good else 0
        most = max(most, run) if stopped else 0
    return most


def _good(log: bytes, page_bytes: int) -> list[bool]:
    """Return of each frame whether it is current and its checksum goes on from that noted in the frame before."""
    header = _header_sums(log)
    order = _order(log) if header is not None else "<"
    size = _FRAME_HEADER_BYTES + page_bytes
    before = header or (0, 0)
    found = []
    for place, frame in enumerate(frames(log, page_bytes)):
        at = _HEADER_BYTES + place * size
        noted = struct.unpack_from(">II", log, at + 16)
        found.append(frame.current and _checksum(log[at : at + 8] + frame.page, before, order) == noted)
        before = noted
    return found


def _header_sums(log: bytes) -> tuple[int, int] | None:
    """Return the header's checksum, from which that of the frames goes on, or None where it does not hold."""
    if len(log) < _HEADER_BYTES or int.from_bytes(log[:4], "big") | 1 != _MAGIC | 1:
        return None
    sums = _checksum(log[:24], (0, 0), _order(log))
    return sums if sums == struct.unpack_from(">II", log, 24) else None


def _order(log: bytes) -> str:
    return ">" if log[3] & 1 else "<"


def _checksum(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    """Return the checksum of section 4.2 over `data`."""
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second

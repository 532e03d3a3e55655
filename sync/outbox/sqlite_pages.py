"""Reads records out of single pages of an SQLite file, whatever the pages around them have become. No I/O.

SQLite stops at the first page that is wrong; a row on the next page is as good as ever. Records are on leaves; pages
above them tell which row ids a leaf was to hold. Layout: sqlite.org/fileformat2.html, sections 1.6 (b-tree pages) and
2.1 (record format). What cannot be a cell is passed over: whoever reads knows by a check of their own whether a record
is theirs.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Value = int | float | bytes | str | None
_FILE_HEADER_BYTES = 100
_TABLE_LEAF, _INDEX_LEAF, _TABLE_INTERIOR, _INDEX_INTERIOR = 0x0D, 0x0A, 0x05, 0x02
# No record of an outbox is longer; a damaged length must not make us allocate more.
_MAX_PAYLOAD_BYTES = 100_000
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def records(
    page: bytes, number: int, overflow: Callable[[int], bytes | None]
) -> Iterator[tuple[int | None, tuple[Value, ...]]]:
    """Return the records on leaf page `number` (from 1), each with its row id, or None on an index's page.

    `overflow` gives the page of a number, on which a long record goes on.
    """
    head = _FILE_HEADER_BYTES if number == 1 else 0
    kind = page[head]
    if kind not in {_TABLE_LEAF, _INDEX_LEAF}:
        return
    cells = int.from_bytes(page[head + 3 : head + 5], "big")
    for place in range(cells):
        pointer = head + 8 + 2 * place
        try:
            start = int.from_bytes(page[pointer : pointer + 2], "big")
            yield _cell(page, start, kind, overflow)
        except (IndexError, ValueError, struct.error):
            continue


def is_of_a_tree(page: bytes) -> bool:
    """Return whether `page`, not the first, can be part of any tree."""
    return page[0] in {_TABLE_LEAF, _TABLE_INTERIOR, _INDEX_LEAF, _INDEX_INTERIOR}


def cells(page: bytes) -> int:
    """Return how many records a leaf of a table, not the first page, says that it holds; 0 of any other page."""
    return int.from_bytes(page[3:5], "big") if page[0] == _TABLE_LEAF else 0


def free_pages(pages: dict[int, bytes]) -> set[int]:
    """Return the numbers of the pages that are free, as far as their list can be followed (sections 1.3 and 1.5)."""
    found: set[int] = set()
    trunk = int.from_bytes(pages[1][32:36], "big") if 1 in pages else 0
    while trunk in pages and trunk not in found:
        page = pages[trunk]
        leaves = min(int.from_bytes(page[4:8], "big"), len(page) // 4 - 2)
        found |= {trunk, *(int.from_bytes(page[8 + 4 * n : 12 + 4 * n], "big") for n in range(leaves))}
        trunk = int.from_bytes(page[:4], "big")
    return found


def page_count(first_page: bytes) -> int:
    """Return how many pages the file has, as its first page says (section 1.3)."""
    return int.from_bytes(first_page[28:32], "big")


def children(page: bytes) -> tuple[list[tuple[int, int]], int] | None:
    """Return the children of an interior page of a table's tree, or None where `page` is none.

    Each is a page number with the last row id under it; then the number of the last child, which has no such bound.
    """
    if page[0] != _TABLE_INTERIOR:
        return None
    found = []
    for place in range(int.from_bytes(page[3:5], "big")):
        try:
            at = int.from_bytes(page[12 + 2 * place : 14 + 2 * place], "big")
            found.append((int.from_bytes(page[at : at + 4], "big"), _varint(page, at + 4)[0]))
        except IndexError:
            continue
    return found, int.from_bytes(page[8:12], "big")


def _cell(
    page: bytes,
    at: int,
    kind: int,
    overflow: Callable[[int], bytes | None],
) -> tuple[int | None, tuple[Value, ...]]:
    size, at = _varint(page, at)
    if size > _MAX_PAYLOAD_BYTES:
        raise ValueError("too long to be a record")
    row_id = None
    if kind == _TABLE_LEAF:
        row_id, at = _varint(page, at)
    local = _local_bytes(size, len(page), kind)
    payload = page[at : at + local]
    if local < size:
        payload += _overflowing(int.from_bytes(page[at + local : at + local + 4], "big"), size - local, overflow)
    if len(payload) != size:
        raise ValueError("cut short")
    return row_id, _record(payload)


def _local_bytes(size: int, usable: int, kind: int) -> int:
    """Return how much of a payload its page holds itself (file format, section 1.6, "payload overflow")."""
    most = usable - 35 if kind == _TABLE_LEAF else (usable - 12) * 64 // 255 - 23
    if size <= most:
        return size
    least = (usable - 12) * 32 // 255 - 23
    kept = least + (size - least) % (usable - 4)
    return kept if kept <= most else least


def _overflowing(number: int, size: int, overflow: Callable[[int], bytes | None]) -> bytes:
    found = b""
    while len(found) < size:
        page = overflow(number)
        if page is None:
            raise ValueError("the rest is not there")
        number = int.from_bytes(page[:4], "big")
        found += page[4:]
    return found[:size]


def _record(payload: bytes) -> tuple[Value, ...]:
    end, at = _varint(payload, 0)
    types = []
    while at < end:
        kind, at = _varint(payload, at)
        types.append(kind)
    values = []
    at = end
    for kind in types:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise ValueError("not a record")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in _INTEGER_BYTES:
        end = at + _INTEGER_BYTES[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    match kind:
        case 0:
            return None, at
        case 7:
            return struct.unpack_from(">d", payload, at)[0], at + 8
        case 8 | 9:
            return kind - 8, at
        case 10 | 11:
            raise ValueError("reserved")
        case _ if kind % 2 == 0:
            end = at + (kind - 12) // 2
            return payload[at:end], end
    end = at + (kind - 13) // 2
    return payload[at:end].decode(), end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for _ in range(8):
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at
    value = value << 8 | data[at]
    return value - (1 << 64) if value >= 1 << 63 else value, at + 1

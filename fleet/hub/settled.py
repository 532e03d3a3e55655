"""Findings that the operator has looked into: kept with a note, they count no more. Adapter: database.

What is settled is what was found on that day, number by number: whatever is found of the same stream later is new.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from fleet.hub.schema import settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

# Of a range's numbers that is no fork and no finding of the lineage.
MISSING, LOST = "missing", "lost"


@dataclass(frozen=True, slots=True)
class Settled:
    """One finding: its kind, the rows it is about (0 for a whole stream), the other stream; why, and when."""

    stream: bytes
    kind: str
    first_seq: int
    last_seq: int
    other: bytes | None
    note: str
    settled_s: int


def settled_of(connection: Connection, device: str) -> Mapping[bytes, Sequence[Settled]]:
    """Return what was settled of each stream of `device`, the earliest first."""
    of_streams: defaultdict[bytes, list[Settled]] = defaultdict(list)
    for found in connection.execute(select(settled).where(settled.c.device == device).order_by(settled.c.id)):
        stream, other = bytes(found.stream), bytes(found.other) if found.other is not None else None
        one = Settled(stream, found.kind, found.first_seq, found.last_seq, other, found.note, found.settled_s)
        of_streams[stream].append(one)
    return of_streams

"""Which stream follows which, and what is wrong with it. No I/O.

Within a lane one process writes at a time, and the opening of each stream names the one before as it was left: stream,
last row, chain. So whatever cannot be reconciled has a name:

    the named predecessor is not here, or not to its end     rows are on their way, or lost with the card
    the named predecessor is here beyond the row named       the card was put back to an earlier day, or cloned
    two streams name the same predecessor                    two cards go on from one: a clone, or a card put back
    a second stream names none                               the lane began anew, on an empty or a new card
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sync.chain import Tip
    from sync.seal import Predecessor


class Kind(Enum):
    """What is wrong in the lineage of a device's streams."""

    PREDECESSOR_UNKNOWN = "the stream before it has not come"
    PREDECESSOR_SHORT = "the last rows of the stream before it have not come"
    PREDECESSOR_LONGER = "the stream before it went on beyond where this one says it ended: a restored or cloned card"
    PREDECESSOR_OTHER = "the stream before it ended with other rows than this one says: a restored or cloned card"
    TWO_SUCCESSORS = "another stream goes on from the same one: a restored or cloned card"
    BEGUN_ANEW = "it names no stream before it, though there is one: an empty outbox, or another card"


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a stream is stored without a gap and held at all; over declared losses its chain is the hub's own."""

    tip: Tip
    last_seq: int
    lossy: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream whose opening is here: its lane, and whom it names before it."""

    stream: bytes
    lane: str
    previous: Predecessor | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: with which stream, and which other it is about."""

    kind: Kind
    lane: str
    stream: bytes
    other: bytes | None = None


def findings(streams: Iterable[Opened], reached: Mapping[bytes, Reached]) -> list[Finding]:
    """Return what is wrong with the lineage of one device's `streams`, which come oldest first.

    `reached` holds every stream that the hub has any row of, with or without its opening.
    """
    lanes: defaultdict[str, list[Opened]] = defaultdict(list)
    for stream in streams:
        lanes[stream.lane].append(stream)
    return [finding for lane in sorted(lanes) for finding in _in_lane(lanes[lane], reached)]


def _in_lane(streams: list[Opened], reached: Mapping[bytes, Reached]) -> Iterator[Finding]:
    named: dict[bytes, bytes] = {}
    begun: bytes | None = None
    for stream in streams:
        if stream.previous is None:
            if begun is not None:
                yield Finding(Kind.BEGUN_ANEW, stream.lane, stream.stream, begun)
            begun = begun or stream.stream
            continue
        before = stream.previous.stream
        if before in named:
            yield Finding(Kind.TWO_SUCCESSORS, stream.lane, stream.stream, named[before])
        named.setdefault(before, stream.stream)
        if (kind := _against(stream.previous, reached.get(before))) is not None:
            yield Finding(kind, stream.lane, stream.stream, before)


def _against(previous: Predecessor, reached: Reached | None) -> Kind | None:
    """Compare what an opening says of its predecessor with what is here of it."""
    if reached is None:
        return Kind.PREDECESSOR_UNKNOWN
    if reached.last_seq > previous.seq:
        return Kind.PREDECESSOR_LONGER
    if reached.tip.seq < previous.seq:
        return Kind.PREDECESSOR_SHORT
    return None if reached.lossy or reached.tip.chain == previous.chain else Kind.PREDECESSOR_OTHER

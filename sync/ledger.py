"""Who owes whom which rows: both ends of the delivery, the device's and the hub's. No I/O.

    device                                             hub
    ──────                                             ───
    queued ≥ sent ≥ stored, per stream                 tip = end of the gapless, chain-checked prefix
    urgent streams first, then the oldest              frames may come in any order, and twice
    at most `window` frames in flight                  after its commit it answers `stored(tip, want)`:
    a frame unanswered for `patience_s` is sent          want = rows missing before others that it holds
        again: what the hub wants, or all since
        what is stored

Promise: a row leaves the device only through `DeviceLedger.confirmed`, which the caller reaches only with a tip that
the hub signed and whose chain is the device's own; the hub's tip only grows; a row that contradicts a stored one is a
named `Fork` and changes nothing; rows that the device has lost for good are passed over only when it has said so, by a
link of the chain which shows the gap for ever.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from sync.frame import UNKNOWN_CHAIN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sync.chain import Range, Row, Tip
    from sync.frame import Frame


# Above any sequence number that a message may have.
_ANY_SEQ = 1 << 63

# The device's end.


@dataclass(slots=True)
class Reach:
    """How far one stream is queued on the device, sent, and stored by the hub (sequence numbers).

    `want` is what the hub last said is missing before rows that it holds; `again` is what of it must still be sent.
    """

    queued: int
    stored: int
    sent: int
    urgent: bool
    want: tuple[Range, ...] = ()
    again: list[Range] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Send:
    """Send rows of `stream` from `first_seq` on, as many as a frame carries and `last_seq` allows."""

    stream: bytes
    first_seq: int
    last_seq: int
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class _Flight:
    stream: bytes
    last_seq: int
    sent_s: float


@dataclass(slots=True)
class DeviceLedger:
    """The device's end; time comes in as seconds of a clock that never jumps."""

    # Four frames fill a 256 kbit/s link with 200 ms of delay; more would only be sent again when it drops.
    window: int = 4
    # Longer than the worst answer seen on such a link; shorter than the coverage of a stop.
    patience_s: float = 5.0
    online: bool = False
    _reach: dict[bytes, Reach] = field(default_factory=dict)
    _flights: list[_Flight] = field(default_factory=list)

    def queued(self, stream: bytes, seq: int, stored_seq: int, *, urgent: bool = False) -> None:
        """Note that `stream` holds rows up to `seq` and that the hub has confirmed them up to `stored_seq`."""
        reach = self._reach.setdefault(stream, Reach(seq, stored_seq, stored_seq, urgent))
        reach.queued = max(reach.queued, seq)
        if stored_seq > reach.stored:  # confirmed by another carrier
            self.confirmed(stream, stored_seq)
        elif stored_seq < reach.stored:  # taken back, by the word of a restored hub that another carrier brought
            self.rewound(stream, stored_seq, seq, urgent=urgent)

    def keep_only(self, streams: Collection[bytes]) -> None:
        """Forget all streams but `streams`: another carrier has brought the hub's word about the others."""
        for stream in [stream for stream in self._reach if stream not in streams]:
            self.set_aside(stream)

    def link_up(self) -> None:
        """Note that the broker can be reached: what was in flight before is sent again."""
        self.online = True
        self._rewind_all()

    def hub_up(self) -> None:
        """Note that the hub has come back to the broker: what was in flight may have met nobody."""
        self._rewind_all()

    def link_down(self) -> None:
        """Note that nothing can be sent for now."""
        self.online = False

    def sent(self, stream: bytes, last_seq: int, now_s: float) -> None:
        """Note that a frame of `stream` ending at `last_seq` went out."""
        reach = self._reach[stream]
        reach.again = [(max(first, last_seq + 1), last) for first, last in reach.again if last > last_seq]
        reach.sent = max(reach.sent, last_seq)
        self._flights.append(_Flight(stream, last_seq, now_s))

    def confirmed(self, stream: bytes, seq: int, want: Sequence[Range] = ()) -> None:
        """Note that the hub has committed `stream` up to `seq` (signed, and along our own chain), and wants `want`."""
        reach = self._reach.get(stream)
        if reach is None or seq < reach.stored:
            return
        reach.stored = min(seq, reach.queued)
        reach.sent = max(reach.sent, reach.stored)
        reach.want = tuple(want)
        reach.again = [(max(first, reach.stored + 1), last) for first, last in reach.again if last > reach.stored]
        self._flights = [f for f in self._flights if f.stream != stream or f.last_seq > reach.stored]
        if reach.stored == reach.queued:
            del self._reach[stream]

    def rewound(self, stream: bytes, seq: int, queued_seq: int, *, urgent: bool = False) -> None:
        """Note that the hub came back with `stream` only up to `seq`: the rest, up to `queued_seq`, is owed again."""
        self._reach[stream] = Reach(queued_seq, seq, seq, urgent)
        self._flights = [f for f in self._flights if f.stream != stream]

    def set_aside(self, stream: bytes) -> None:
        """Stop sending a stream whose history the hub contradicts; its rows stay on the device."""
        self._reach.pop(stream, None)
        self._flights = [f for f in self._flights if f.stream != stream]

    def ticked(self, now_s: float) -> bool:
        """Let frames that were not answered in time be sent again; return whether there were any."""
        late = {f.stream for f in self._flights if now_s - f.sent_s >= self.patience_s}
        self._flights = [f for f in self._flights if f.stream not in late]
        for stream in late:
            reach = self._reach[stream]
            spans = [(max(first, reach.stored + 1), min(last, reach.sent)) for first, last in reach.want]
            reach.again = [(first, last) for first, last in spans if first <= last]
            if not reach.again:
                reach.sent = reach.stored
        return bool(late)

    def next_send(self) -> Send | None:
        """Return what to send now, if anything; `sent` says what became of it."""
        if not self.online or len(self._flights) >= self.window:
            return None
        for urgent in (True, False):
            for stream, reach in self._reach.items():
                if reach.urgent is urgent and (send := self._due(stream, reach)) is not None:
                    return send
        return None

    def next_deadline_s(self) -> float | None:
        """Return when the oldest frame in flight runs out of patience, or None."""
        oldest_s = min((f.sent_s for f in self._flights), default=None)
        return None if oldest_s is None else oldest_s + self.patience_s

    @property
    def in_flight(self) -> int:
        """How many frames are under way."""
        return len(self._flights)

    def outstanding(self) -> int:
        """Return how many rows the hub has not confirmed."""
        return sum(reach.queued - reach.stored for reach in self._reach.values())

    def _due(self, stream: bytes, reach: Reach) -> Send | None:
        if not reach.again and reach.stored < reach.sent and all(f.stream != stream for f in self._flights):
            # What was sent is neither stored nor in flight: the hub held less beyond its wish than it seemed.
            reach.sent = reach.stored
        if reach.again:
            first, last = reach.again[0]
            return Send(stream, first, last, reach.urgent)
        if reach.sent < reach.queued:
            return Send(stream, reach.sent + 1, reach.queued, reach.urgent)
        return None

    def _rewind_all(self) -> None:
        self._flights = []
        for reach in self._reach.values():
            reach.sent, reach.want, reach.again = reach.stored, (), []


# The hub's end.


class ForkKind(Enum):
    """How a frame contradicts what is stored."""

    OTHER_ROW = "another row is stored under its number"
    OTHER_CHAIN = "the rows before it are not those stored"


@dataclass(frozen=True, slots=True)
class Fork:
    """A frame that cannot belong to the stored history: a cloned or restored card. Named, never merged."""

    kind: ForkKind
    seq: int


@dataclass(frozen=True, slots=True)
class Received:
    """What a frame changes: rows to store, and how far the stream then reaches without a gap."""

    new_rows: tuple[Row, ...]
    tip: Tip


def receive(tip: Tip, held: Mapping[int, Row], frame: Frame, lost: Sequence[Range] = ()) -> Received | Fork:
    """Return what to store of `frame`, given the stream's tip, the rows `held` and what the device has `lost`.

    `held` maps sequence numbers to stored rows: those that the frame repeats, and all beyond the tip where the frame
    reaches it. A row that was declared lost and comes all the same (by another carrier) is stored, late. No chain is
    compared after a loss: the frame may have been cut before it.
    """
    rows = frame.rows
    for row in rows:
        if row.seq in held and held[row.seq] != row:
            return Fork(ForkKind.OTHER_ROW, row.seq)
    if frame.chain_before == UNKNOWN_CHAIN:
        if not lost:
            return Received((), tip)  # its declaration is still on the way, by another process
    elif frame.first_seq == tip.seq + 1 and frame.chain_before != tip.chain and not _any_before(tip.seq + 1, lost):
        return Fork(ForkKind.OTHER_CHAIN, frame.first_seq)
    new_rows = tuple(
        row for row in rows if row.seq not in held and (row.seq > tip.seq or _end_of(row.seq, lost) is not None)
    )
    return Received(new_rows, advance(tip, {**held, **{row.seq: row for row in new_rows}}, lost))


def advance(tip: Tip, held: Mapping[int, Row], lost: Sequence[Range] = ()) -> Tip:
    """Return how far the stream reaches over the rows `held` beyond its tip, and over those declared `lost`.

    A row that is held counts, whatever was declared; `lost` rises without overlap.
    """
    beyond = sorted(held)
    while True:
        if (row := held.get(tip.seq + 1)) is not None:
            tip = tip.after(row)
            continue
        end = _end_of(tip.seq + 1, lost)
        if end is None:
            return tip
        place = bisect_right(beyond, tip.seq + 1)
        tip = tip.over(min(end, beyond[place] - 1) if place < len(beyond) else end)


def missing(tip: Tip, held: Iterable[int]) -> tuple[Range, ...]:
    """Return the ranges between the tip and the last of the sequence numbers `held` which are not held."""
    found: list[Range] = []
    before = tip.seq
    for seq in sorted(held):
        if seq > before + 1:
            found.append((before + 1, seq - 1))
        before = max(before, seq)
    return tuple(found)


def _any_before(seq: int, ranges: Sequence[Range]) -> bool:
    """Return whether numbers before `seq` were lost: the chain there is the hub's own, and compares with no other."""
    return bool(ranges) and ranges[0][0] < seq


def _end_of(seq: int, ranges: Sequence[Range]) -> int | None:
    """Return the last number of the range that `seq` is in; `ranges` rise and do not overlap."""
    place = bisect_right(ranges, (seq, _ANY_SEQ)) - 1
    return ranges[place][1] if place >= 0 and ranges[place][1] >= seq else None

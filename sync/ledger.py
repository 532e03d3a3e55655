"""Who owes whom which rows: both ends of the delivery, the device's and the hub's. No I/O.

    device                                             hub
    ──────                                             ───
    queued ≥ sent ≥ stored, per stream                 tip = end of the gapless, chain-checked prefix
    at most `window` frames in flight                  frames may come in any order, and twice
    a frame unanswered for `patience_s`:               after its commit it answers `stored(tip)`
        sent := stored, and again from there

Promise: a row leaves the device only through `DeviceLedger.confirmed`, which the caller reaches only with a tip that
the hub signed and whose chain is the device's own; the hub's tip only grows; a row that contradicts a stored one is a
named `Fork` and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sync.chain import Row, Tip
    from sync.frame import Frame


# The device's end.


@dataclass(slots=True)
class Reach:
    """How far one stream is queued on the device, sent, and stored by the hub (sequence numbers)."""

    queued: int
    stored: int
    sent: int


@dataclass(frozen=True, slots=True)
class Send:
    """Send rows of `stream` from `first_seq` on, as many as a frame carries and `last_seq` allows."""

    stream: bytes
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class _Flight:
    stream: bytes
    last_seq: int
    sent_s: float


@dataclass(slots=True)
class DeviceLedger:
    """The device's end. Streams are served oldest first; time comes in as seconds of a clock that never jumps."""

    # Four frames fill a 256 kbit/s link with 200 ms of delay; more would only be sent again when it drops.
    window: int = 4
    # Longer than the worst answer seen on such a link; shorter than the coverage of a stop.
    patience_s: float = 5.0
    online: bool = False
    _reach: dict[bytes, Reach] = field(default_factory=dict)
    _flights: list[_Flight] = field(default_factory=list)

    def queued(self, stream: bytes, seq: int, stored_seq: int) -> None:
        """Note that `stream` holds rows up to `seq` and that the hub has confirmed them up to `stored_seq`."""
        reach = self._reach.setdefault(stream, Reach(seq, stored_seq, stored_seq))
        reach.queued = max(reach.queued, seq)

    def link_up(self) -> None:
        """Note that the broker can be reached: what was in flight before is sent again."""
        self.online = True
        self._rewind(set(self._reach))

    def hub_up(self) -> None:
        """Note that the hub has come back to the broker: what was in flight may have met nobody."""
        self._rewind(set(self._reach))

    def link_down(self) -> None:
        """Note that nothing can be sent for now."""
        self.online = False

    def sent(self, stream: bytes, last_seq: int, now_s: float) -> None:
        """Note that a frame of `stream` ending at `last_seq` went out."""
        self._reach[stream].sent = last_seq
        self._flights.append(_Flight(stream, last_seq, now_s))

    def confirmed(self, stream: bytes, seq: int) -> None:
        """Note that the hub has committed `stream` up to `seq`: signed, and along our own chain."""
        reach = self._reach.get(stream)
        if reach is None:
            return
        reach.stored = max(reach.stored, min(seq, reach.queued))
        reach.sent = max(reach.sent, reach.stored)
        self._flights = [f for f in self._flights if f.stream != stream or f.last_seq > reach.stored]

    def rewound(self, stream: bytes, seq: int, queued_seq: int) -> None:
        """Note that the hub came back with `stream` only up to `seq`: the rest, up to `queued_seq`, is owed again."""
        self._reach[stream] = Reach(queued_seq, seq, seq)
        self._flights = [f for f in self._flights if f.stream != stream]

    def set_aside(self, stream: bytes) -> None:
        """Stop sending a stream whose history the hub contradicts; its rows stay on the device."""
        self._reach.pop(stream, None)
        self._flights = [f for f in self._flights if f.stream != stream]

    def ticked(self, now_s: float) -> None:
        """Let frames that were not answered in time be sent again."""
        self._rewind({f.stream for f in self._flights if now_s - f.sent_s >= self.patience_s})

    def next_send(self) -> Send | None:
        """Return what to send now, if anything; `sent` says what became of it."""
        if not self.online or len(self._flights) >= self.window:
            return None
        for stream, reach in self._reach.items():
            if reach.sent < reach.queued:
                return Send(stream, reach.sent + 1, reach.queued)
        return None

    def next_deadline_s(self) -> float | None:
        """Return when the oldest frame in flight runs out of patience, or None."""
        oldest_s = min((f.sent_s for f in self._flights), default=None)
        return None if oldest_s is None else oldest_s + self.patience_s

    def outstanding(self) -> int:
        """Return how many rows the hub has not confirmed."""
        return sum(reach.queued - reach.stored for reach in self._reach.values())

    def _rewind(self, streams: set[bytes]) -> None:
        for stream in streams:
            self._reach[stream].sent = self._reach[stream].stored
        self._flights = [f for f in self._flights if f.stream not in streams]


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


def receive(tip: Tip, held: Mapping[int, Row], frame: Frame) -> Received | Fork:
    """Return what to store of `frame`, given the stream's tip and the rows `held`.

    `held` maps sequence numbers to stored rows: at least those that the frame repeats, and all beyond the tip.
    """
    rows = frame.rows
    for row in rows:
        if row.seq in held and held[row.seq] != row:
            return Fork(ForkKind.OTHER_ROW, row.seq)
    if frame.first_seq == tip.seq + 1 and frame.chain_before != tip.chain:
        return Fork(ForkKind.OTHER_CHAIN, frame.first_seq)
    new_rows = tuple(row for row in rows if row.seq not in held and row.seq > tip.seq)
    beyond = {**held, **{row.seq: row for row in new_rows}}
    while tip.seq + 1 in beyond:
        tip = tip.after(beyond[tip.seq + 1])
    return Received(new_rows, tip)

"""The device's end at work: ledger, outbox and link, one event at a time.

`DeviceEnd.handle` runs in one thread only. What it cannot do now (no link, no disk) it does at the next event:
nothing is remembered here that the outbox does not hold.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from sync.frame import (
    VERSION,
    Birth,
    decode_stored,
    encode_birth,
    encode_frame,
    make_frame,
)
from sync.ledger import DeviceLedger, Send
from sync.link import Heard, LinkDown, LinkEvent, LinkUp
from sync.outbox import Confirmation
from sync.rejected import Rejected
from sync.topics import StateTopic, StoredTopic, UpTopic

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from sync.chain import Row, Tip
    from sync.outbox import Outbox, Stream

log = structlog.get_logger()
_FRAME_ROWS = 100
_FRAME_BYTES = 16_000
# Ingest processes which may answer by turns; a forgotten one costs frames sent twice, nothing else.
_KNOWN_SESSIONS = 64


class Publisher(Protocol):
    """What delivery asks of a link."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send, and return whether it went out."""
        ...


@dataclass(frozen=True, slots=True)
class Woken:
    """Something was queued."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is: its name, its own key, and the hub's public key."""

    device: str
    key: Ed25519PrivateKey
    hub_key: Ed25519PublicKey


def birth(identity: Identity, outbox: Outbox, *, online: bool) -> bytes:
    """Return the device's signed birth, or its last will: the streams that the hub does not yet have whole."""
    last = {s.stream: s.last.seq for s in outbox.streams() if s.stored.seq < s.last.seq}
    return encode_birth(Birth(VERSION, identity.device, online, last), identity.key)


class DeviceEnd:
    """Sends what the outbox holds, and lets it forget what the hub has proved to have."""

    def __init__(self, identity: Identity, outbox: Outbox, publisher: Publisher, keep_bytes: int) -> None:
        self._identity = identity
        self._outbox = outbox
        self._publisher = publisher
        self._keep_bytes = keep_bytes
        self._ledger = DeviceLedger()
        self._hub_sessions: deque[bytes] = deque(maxlen=_KNOWN_SESSIONS)
        # The chain up to the last row sent, per stream: what the next frame must name.
        self._sent: dict[bytes, Tip] = {}

    @property
    def ledger(self) -> DeviceLedger:
        """What is queued, sent and stored; for reading."""
        return self._ledger

    def handle(self, event: LinkEvent | Woken | Ticked, now_s: float) -> None:
        """Take one event and do all that can be done now; `now_s` comes from a clock that never jumps.

        Raises:
            OutboxError: the outbox cannot be read or written.
        """
        match event:
            case LinkUp():
                self._look()
                self._ledger.link_up()
                self._announce()
            case LinkDown():
                self._ledger.link_down()
            case Heard(topic, payload) if topic == str(StoredTopic(self._identity.device)):
                self._stored(payload)
            case Heard(topic, _):
                log.warning("message on a topic nobody reads", topic=topic)
            case Woken():
                self._look()
            case Ticked():
                self._look()
                self._ledger.ticked(now_s)
        self._send(now_s)

    def _look(self) -> None:
        for stream in self._outbox.streams():
            if not stream.forked and stream.stored.seq < stream.last.seq:
                self._ledger.queued(stream.stream, stream.last.seq, stream.stored.seq)

    def _announce(self) -> None:
        hello = birth(self._identity, self._outbox, online=True)
        self._publisher.publish(str(StateTopic(self._identity.device)), hello, retain=True)

    def _stored(self, payload: bytes) -> None:
        stored = decode_stored(payload, self._identity.device, self._identity.hub_key)
        if isinstance(stored, Rejected):
            log.warning("answer refused", reason=str(stored))
            return
        progress = False
        for stream in self._outbox.streams():
            tip = stored.tip(stream.stream)
            if tip is None or stream.forked:
                continue
            match self._outbox.confirm(stream.stream, tip):
                case Confirmation.CONFIRMED:
                    self._ledger.confirmed(stream.stream, tip.seq)
                    progress = True
                case Confirmation.FORKED:
                    self._ledger.set_aside(stream.stream)
                    log.error("the hub holds another history", stream=stream.stream.hex(), seq=tip.seq)
                case Confirmation.KNOWN:
                    pass
        if stored.session not in self._hub_sessions:
            self._hub_sessions.append(stored.session)
            self._ledger.hub_up()
        if progress:
            self._outbox.keep_answer(payload)
            self._outbox.forget_stored(self._keep_bytes)

    def _send(self, now_s: float) -> None:
        streams = {s.stream: s for s in self._outbox.streams()}
        while (send := self._ledger.next_send()) is not None:
            if not self._send_frame(streams[send.stream], send, now_s):
                self._ledger.link_down()

    def _send_frame(self, stream: Stream, send: Send, now_s: float) -> bool:
        rows = _fitting(self._outbox.rows(send.stream, send.first_seq, _FRAME_ROWS))
        before = self._tip_before(stream, send.first_seq)
        frame = make_frame(self._identity.device, send.stream, before.chain, rows)
        if not self._publisher.publish(str(UpTopic(self._identity.device)), encode_frame(frame, self._identity.key)):
            return False
        tip = before
        for row in rows:
            tip = tip.after(row)
        self._sent[send.stream] = tip
        self._ledger.sent(send.stream, tip.seq, now_s)
        return True

    def _tip_before(self, stream: Stream, first_seq: int) -> Tip:
        """Return the chain up to the row before `first_seq`, from what is stored or what was just sent."""
        if first_seq == stream.stored.seq + 1:
            return stream.stored
        sent = self._sent.get(stream.stream)
        if sent is not None and sent.seq == first_seq - 1:
            return sent
        tip = stream.stored
        for row in self._outbox.rows(stream.stream, tip.seq + 1, first_seq - tip.seq - 1):
            tip = tip.after(row)
        return tip


def _fitting(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the first rows that together stay within a frame; one at least."""
    size = 0
    for count, row in enumerate(rows):
        size += len(row.sealed) + 12
        if count and size > _FRAME_BYTES:
            return rows[:count]
    return rows

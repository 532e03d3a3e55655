"""The device's end at work: ledger, outbox and link, one event at a time.

`DeviceEnd.handle` runs in one thread only. What it cannot do now (no link, no disk) it does at the next event:
nothing is remembered here that the outbox does not hold.
"""

from __future__ import annotations

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
    from sync.frame import Stored
    from sync.outbox import Outbox, Stream

log = structlog.get_logger()
_FRAME_ROWS = 100
_FRAME_BYTES = 16_000
# 500 streams are 12 kB of a birth, and as many answers as fit one message.
_BIRTH_STREAMS = 500
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
    """Return the device's signed birth, or its last will: its latest streams, which the hub answers about.

    Those that the hub has whole are named too: after a restored backup it may have them no longer.
    """
    last = {stream.stream: stream.last.seq for stream in outbox.streams()[-_BIRTH_STREAMS:]}
    return encode_birth(Birth(VERSION, identity.device, online, last), identity.key)


class DeviceEnd:
    """Sends what the outbox holds, and lets it forget what the hub has proved to have."""

    def __init__(self, identity: Identity, outbox: Outbox, publisher: Publisher, keep_bytes: int) -> None:
        self._identity = identity
        self._outbox = outbox
        self._publisher = publisher
        self._keep_bytes = keep_bytes
        self._ledger = DeviceLedger()
        # The streams that each session of the hub has spoken of.
        self._heard_of: dict[bytes, set[bytes]] = {}
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
        if stored.session not in self._heard_of:
            self._heard_of[stored.session] = set()
            self._ledger.hub_up()
        while len(self._heard_of) > _KNOWN_SESSIONS:
            del self._heard_of[next(iter(self._heard_of))]
        outcomes = [self._confirm(stream, stored) for stream in self._outbox.streams()]
        if Confirmation.CONFIRMED in outcomes:
            self._outbox.forget_stored(self._keep_bytes)

    def _confirm(self, stream: Stream, stored: Stored) -> Confirmation:
        """Take the hub's word about one stream."""
        tip = stored.tip(stream.stream)
        if tip is None or stream.forked:
            return Confirmation.KNOWN
        # Only in a session's first word about a stream can the hub have less than before: later, an older answer has
        # overtaken a newer one.
        heard_of = self._heard_of[stored.session]
        first_word = stream.stream not in heard_of
        heard_of.add(stream.stream)
        take = self._outbox.rewind if first_word and tip.seq < stream.stored.seq else self._outbox.confirm
        outcome = take(stream.stream, tip)
        match outcome:
            case Confirmation.CONFIRMED:
                self._ledger.confirmed(stream.stream, tip.seq)
            case Confirmation.BEHIND:
                self._ledger.rewound(stream.stream, tip.seq, stream.last.seq)
                log.warning("the hub came back with less", stream=stream.stream.hex(), seq=tip.seq)
            case Confirmation.LOST:
                log.error("the hub came back with less than this device can give again", stream=stream.stream.hex())
            case Confirmation.FORKED:
                self._ledger.set_aside(stream.stream)
                log.error("the hub holds another history", stream=stream.stream.hex(), seq=tip.seq)
            case Confirmation.KNOWN:
                pass
        return outcome

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

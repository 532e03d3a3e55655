"""One simulated device: says hello, sends its day, and is done when the hub has proved to hold all of it. No I/O.

    connect ─► CONNACK ─► subscribe to `stored`, birth ─► an answer, or a second ─► frames ─► stored(last) ─► done
                                                                                    ▲  │
                                                         unanswered for too long, ──┘──┘
                                                         or another session of the hub

The frames are real: sealed, chained and signed beforehand by the product's own code (`crowd.day`), sent at its own
pace (`sync.pace`). The answer is verified as a device does it: the hub's signature, the device's name, the chain of the
last row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crowd import codec
from sync.frame import Stored, decode_stored
from sync.pace import Pace
from sync.topics import StateTopic, StoredTopic, UpTopic

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from sync.chain import Tip

# The broker allows 300 s; a sign of life is due when half of it has passed in silence.
KEEPALIVE_S = 60
# As `sync.delivery`: so long is the answer to the birth awaited before the first frame.
LISTEN_S = 1.0


@dataclass(frozen=True, slots=True)
class SentFrame:
    """One frame of the day, as the bytes to publish, and the last row in it."""

    last_seq: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Day:
    """All that a device has to say, prepared."""

    device: str
    stream: bytes
    birth: bytes
    frames: tuple[SentFrame, ...]
    tip: Tip
    records: int


@dataclass(slots=True)
class SimulatedDevice:
    """A device's end of one connection after another."""

    day: Day
    hub_key: Ed25519PublicKey
    version: codec.Version
    stored_qos: int = 1
    through: int = 0
    done: bool = False
    connected: bool = False
    # What went wrong, by name, for the report: refused answers, subscriptions denied.
    faults: list[str] = field(default_factory=list)
    frames_sent: int = 0
    _receiver: codec.Receiver = field(init=False)
    _pace: Pace = field(default_factory=Pace)
    _listening_until_s: float = 0.0
    _next: int = 0
    _sent_s: float = 0.0
    _heard_s: float = 0.0
    _packet_id: int = 0
    _sessions: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._receiver = codec.Receiver(self.version)

    def opened(self, now_s: float) -> bytes:
        """Return what to say first on a new connection."""
        self._receiver = codec.Receiver(self.version)
        self._pace.link_up()
        self._heard_s = now_s
        return codec.connect(self.version, self.day.device, KEEPALIVE_S)

    def closed(self) -> None:
        """Note that the connection ended: what was in flight is owed again."""
        self.connected = False
        self._rewind()

    def receive(self, data: bytes, now_s: float) -> bytes:
        """Take what came, and return what to say.

        Raises:
            ProtocolError: what came is no MQTT, or the broker refuses this device.
        """
        said = bytearray()
        for packet in self._receiver.receive(data):
            said += self._answer(packet, now_s)
        return bytes(said)

    def ticked(self, now_s: float) -> bytes:
        """Return what is due by now: frames that met nobody, or a sign of life."""
        if not self.connected:
            return b""
        if 0 < self._listening_until_s <= now_s:
            self._listening_until_s = 0
            return self._frames(now_s)
        if self._next and not self.done and now_s - self._sent_s >= self._pace.patience_s:
            self._pace.lost(now_s)
            self._rewind()
            return self._frames(now_s)
        if now_s - self._heard_s >= KEEPALIVE_S / 2:
            self._heard_s = now_s
            return codec.PINGREQ
        return b""

    def _answer(self, packet: codec.Packet, now_s: float) -> bytes:
        match packet:
            case codec.Connected(code):
                if code:
                    raise codec.ProtocolError(f"CONNECT refused with {code}")
                self.connected = True
                stored = str(StoredTopic(self.day.device))
                self._listening_until_s = now_s + LISTEN_S
                return codec.subscribe(self.version, self._id(), stored, self.stored_qos) + self._birth()
            case codec.Subscribed(code) if code >= 0x80:
                raise codec.ProtocolError(f"SUBSCRIBE refused with {code:#x}")
            case codec.Published(_, payload, packet_id, retained):
                said = self._stored(payload, now_s, retained=retained)
                return (codec.acknowledge(packet_id) if packet_id else b"") + said
            case codec.Disconnected(code):
                raise codec.ProtocolError(f"DISCONNECT with {code:#x}")
            case _:
                return b""

    def _stored(self, payload: bytes, now_s: float, *, retained: bool) -> bytes:
        stored = decode_stored(payload, self.day.device, self.hub_key)
        if not isinstance(stored, Stored):
            self.faults.append(str(stored))
            return b""
        said = b"" if retained else self._meet(stored.session)
        tip = stored.tip(self.day.stream)
        if tip is not None and tip.seq > self.through:
            answered = sum(self.through < sent.last_seq <= tip.seq for sent in self.day.frames)
            self._pace.answered(now_s, answered)
            self.through = tip.seq
            if tip.seq == self.day.tip.seq and tip != self.day.tip:
                self.faults.append("the hub holds another chain")
            self.done = tip == self.day.tip
        return said + self._frames(now_s)

    def _meet(self, session: bytes) -> bytes:
        """Take note of an ingest process that came (back) to the broker: what is in flight may have met nobody."""
        listening, self._listening_until_s = self._listening_until_s > 0, 0.0
        if session in self._sessions:
            return b""
        self._sessions.add(session)
        if listening:
            return b""
        self._rewind()
        return self._birth()

    def _birth(self) -> bytes:
        state = str(StateTopic(self.day.device))
        return codec.publish(self.version, self._id(), state, self.day.birth, retain=True)

    def _frames(self, now_s: float) -> bytes:
        """Return the next frames, as far as the window allows."""
        said = bytearray()
        if self._listening_until_s:
            return b""
        frames, topic = self.day.frames, str(UpTopic(self.day.device))
        while self._next < len(frames):
            in_flight = sum(frame.last_seq > self.through for frame in frames[: self._next])
            if in_flight >= self._pace.window:
                break
            frame = frames[self._next]
            self._next += 1
            if frame.last_seq > self.through:
                said += codec.publish(self.version, self._id(), topic, frame.payload)
                self.frames_sent += 1
                self._pace.sent(len(frame.payload), now_s)
                self._sent_s = now_s
        return bytes(said)

    def _rewind(self) -> None:
        self._next = 0

    def _id(self) -> int:
        self._packet_id = self._packet_id % 0xFFFF + 1
        return self._packet_id

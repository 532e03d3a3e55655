"""One simulated device: says hello, sends its day, and is done when the hub has proved to hold all of it. No I/O.

    connect ─► CONNACK ─► subscribe to `stored`, birth ─► an answer ─► frames ─► stored(last) ─► done
                                                                       ▲  │
                                            unanswered for too long, ──┘──┘
                                            or another session of the hub

The frames are real: sealed, chained and signed beforehand by the product's own code (`crowd.day`). What to send, and
when again, the product's own ledger and pace say; around them this does as `sync.delivery` does. The answer is verified
as a device does it: the hub's signature, the device's name, the chain of the last row.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crowd import codec
from sync.frame import Stored, decode_stored
from sync.ledger import DeviceLedger
from sync.link import AT_MOST_ONCE
from sync.pace import Pace
from sync.topics import StateTopic, StoredTopic, UpTopic

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from sync.chain import Tip

# The broker allows 300 s; a sign of life is due when half of it has passed in silence.
KEEPALIVE_S = 60
# As `sync.delivery`: after so many rounds without an answer another connection is tried.
RENEW_AFTER = 3


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

    def frame_with(self, seq: int) -> SentFrame:
        """Return the frame that holds row `seq`."""
        return self.frames[bisect_left(self.frames, seq, key=lambda frame: frame.last_seq)]


@dataclass(slots=True)
class SimulatedDevice:
    """A device's end of one connection after another."""

    day: Day
    hub_key: Ed25519PublicKey
    version: codec.Version
    through: int = 0
    done: bool = False
    connected: bool = False
    # What went wrong, by name, for the report: refused answers, a chain that is not ours.
    faults: list[str] = field(default_factory=list)
    frames_sent: int = 0
    _receiver: codec.Receiver = field(init=False)
    _ledger: DeviceLedger = field(default_factory=DeviceLedger)
    _pace: Pace = field(default_factory=Pace)
    # A live hub has answered on this connection; until then it is asked again at times.
    _answered: bool = False
    _ask_again_s: float = 0.0
    _heard_s: float = 0.0
    _unanswered: int = 0
    _packet_id: int = 0
    _sessions: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._receiver = codec.Receiver(self.version)
        self._ledger.queued(self.day.stream, self.day.tip.seq, 0)

    def opened(self, now_s: float) -> bytes:
        """Return what to say first on a new connection."""
        self._receiver = codec.Receiver(self.version)
        self._heard_s = now_s
        return codec.connect(self.version, self.day.device, KEEPALIVE_S)

    def closed(self) -> None:
        """Note that the connection ended."""
        self.connected = False
        self._ledger.link_down()

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
        """Return what is due by now: frames that met nobody, or a sign of life.

        Raises:
            ProtocolError: nobody has answered on this connection for long; another may be better.
        """
        if not self.connected:
            return b""
        if now_s - self._heard_s >= KEEPALIVE_S / 2:
            self._heard_s = now_s
            return codec.PINGREQ
        self._ledger.patience_s = self._pace.patience_s
        unanswered = self._ledger.ticked(now_s)
        unasked = not self._answered and now_s >= self._ask_again_s
        if unanswered or unasked:
            self._pace.lost()
            self._unanswered += 1
            if self._unanswered % RENEW_AFTER == 0:
                raise codec.ProtocolError("nobody answered")
        return (self._ask(now_s) if unasked else b"") + self._frames(now_s)

    def _answer(self, packet: codec.Packet, now_s: float) -> bytes:
        match packet:
            case codec.Connected(code):
                if code:
                    raise codec.ProtocolError(f"CONNECT refused with {code}")
                self.connected = True
                self._pace.link_up()
                self._ledger.link_up()
                self._answered = False
                stored = str(StoredTopic(self.day.device))
                return codec.subscribe(self.version, self._id(), stored, AT_MOST_ONCE) + self._ask(now_s)
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
        self._unanswered = 0 if not retained else self._unanswered
        tip = stored.tips().get(self.day.stream)
        if tip is not None and tip.seq >= self.through:
            if tip.seq == self.day.tip.seq and tip != self.day.tip:
                self.faults.append("the hub holds another chain")
            in_flight = self._ledger.in_flight
            self._ledger.confirmed(self.day.stream, tip.seq, stored.want.get(self.day.stream, ()))
            self._pace.answered(now_s, in_flight - self._ledger.in_flight)
            self.through = tip.seq
            self.done = self.done or tip == self.day.tip
        said = b"" if retained else self._meet(stored.session)
        return said + self._frames(now_s)

    def _meet(self, session: bytes) -> bytes:
        """Take note of an ingest process that came (back) to the broker: what is in flight may have met nobody."""
        first_word, self._answered = not self._answered, True
        if session in self._sessions:
            return b""
        self._sessions.add(session)
        if first_word:
            return b""
        self._ledger.hub_up()
        return self._birth()

    def _ask(self, now_s: float) -> bytes:
        self._ask_again_s = now_s + self._pace.patience_s
        return self._birth()

    def _birth(self) -> bytes:
        state = str(StateTopic(self.day.device))
        return codec.publish(self.version, self._id(), state, self.day.birth, retain=True)

    def _frames(self, now_s: float) -> bytes:
        """Return the next frames, as far as the ledger allows."""
        if not self._answered:
            return b""
        said = bytearray()
        topic = str(UpTopic(self.day.device))
        self._ledger.window = self._pace.window
        while (send := self._ledger.next_send()) is not None:
            frame = self.day.frame_with(send.first_seq)
            said += codec.publish(self.version, self._id(), topic, frame.payload)
            self.frames_sent += 1
            self._ledger.sent(send.stream, frame.last_seq, now_s)
            self._pace.sent(now_s)
        return bytes(said)

    def _id(self) -> int:
        self._packet_id = self._packet_id % 0xFFFF + 1
        return self._packet_id

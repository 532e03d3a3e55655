"""The packets of MQTT 3.1.1 and 5 that a device needs, to bytes and back. No I/O.

Written for one process which plays thousands of devices: no thread, no queue, no memory of what was sent. Sections are
those of the OASIS standard, MQTT Version 5.0; version 3.1.1 is the same without properties.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"
_QOS_1 = 0x02
_RETAIN = 0x01
_CLEAN_START = 0x02
_WORD = 0x7F
_MORE = 0x80
# Section 1.5.5: a length has four bytes at most.
_LENGTH_BYTES = 4


class Version(IntEnum):
    """The protocol level, as CONNECT carries it."""

    V311 = 4
    V5 = 5


class ProtocolError(Exception):
    """The broker sent what is no MQTT."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker's answer to CONNECT; 0 is yes."""

    code: int


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The broker's answer to SUBSCRIBE; 0x80 and more is no."""

    code: int


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The broker has taken a message of ours: no proof of anything else."""

    packet_id: int


@dataclass(frozen=True, slots=True)
class Published:
    """A message came; `packet_id` wants a PUBACK unless it is 0; the broker may have kept a `retained` one for long."""

    topic: str
    payload: bytes
    packet_id: int
    retained: bool


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The broker says goodbye (version 5)."""

    code: int


Packet = Connected | Subscribed | Acknowledged | Published | Disconnected


def connect(version: Version, client_id: str, keepalive_s: int) -> bytes:
    """Return CONNECT with a clean start and no password: the certificate says who we are."""
    head = _text("MQTT") + bytes([version, _CLEAN_START]) + keepalive_s.to_bytes(2, "big")
    return _packet(0x10, head + _no_properties(version) + _text(client_id))


def subscribe(version: Version, packet_id: int, topic: str, qos: int) -> bytes:
    """Return SUBSCRIBE to one topic."""
    return _packet(0x82, packet_id.to_bytes(2, "big") + _no_properties(version) + _text(topic) + bytes([qos]))


def publish(version: Version, packet_id: int, topic: str, payload: bytes, *, retain: bool = False) -> bytes:
    """Return PUBLISH at QoS 1."""
    kind = 0x30 | _QOS_1 | (_RETAIN if retain else 0)
    return _packet(kind, _text(topic) + packet_id.to_bytes(2, "big") + _no_properties(version) + payload)


def acknowledge(packet_id: int) -> bytes:
    """Return PUBACK."""
    return _packet(0x40, packet_id.to_bytes(2, "big"))


@dataclass(slots=True)
class Receiver:
    """Feed it bytes as they arrive; it returns the packets they complete."""

    version: Version
    _waiting: bytearray = field(default_factory=bytearray)

    def receive(self, data: bytes) -> list[Packet]:
        """Return the packets completed by `data`, oldest first.

        Raises:
            ProtocolError: the bytes are no MQTT.
        """
        self._waiting += data
        found: list[Packet] = []
        while (frame := self._next()) is not None:
            packet = self._packet(*frame)
            if packet is not None:
                found.append(packet)
        return found

    def _next(self) -> tuple[int, bytes] | None:
        """Take the next whole packet off, as its first byte and its body."""
        length = 0
        for at in range(1, 1 + _LENGTH_BYTES):
            if at >= len(self._waiting):
                return None
            length |= (self._waiting[at] & _WORD) << 7 * (at - 1)
            if self._waiting[at] < _MORE:
                break
        else:
            raise ProtocolError("a length of more than four bytes")
        end = at + 1 + length
        if len(self._waiting) < end:
            return None
        first, body = self._waiting[0], bytes(self._waiting[at + 1 : end])
        del self._waiting[:end]
        return first, body

    def _packet(self, first: int, body: bytes) -> Packet | None:
        try:
            match first >> 4:
                case 2:
                    return Connected(body[1])
                case 3:
                    return self._published(first, body)
                case 4:
                    return Acknowledged(_number(body, 0))
                case 9:
                    return Subscribed(body[-1])
                case 14:
                    return Disconnected(body[0] if body else 0)
                case _:  # PINGRESP says only that the broker lives
                    return None
        except (IndexError, UnicodeDecodeError) as error:
            raise ProtocolError(f"packet {first:#x} of {len(body)} bytes") from error

    def _published(self, first: int, body: bytes) -> Published:
        at = 2 + _number(body, 0)
        topic = body[2:at].decode()
        packet_id = 0
        if first & 0x06:
            packet_id, at = _number(body, at), at + 2
        if self.version == Version.V5:
            # Properties are passed over: their length has one byte as long as there are fewer than 128 of theirs.
            if body[at] >= _MORE:
                raise ProtocolError("more properties than a `stored` ever carries")
            at += 1 + body[at]
        return Published(topic, body[at:], packet_id, bool(first & _RETAIN))


def _packet(first: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, word = left >> 7, left & _WORD
        length.append(word | (_MORE if left else 0))
        if not left:
            return bytes([first]) + length + body


def _text(text: str) -> bytes:
    encoded = text.encode()
    return len(encoded).to_bytes(2, "big") + encoded


def _number(body: bytes, at: int) -> int:
    return body[at] << 8 | body[at + 1]


def _no_properties(version: Version) -> bytes:
    return b"\x00" if version == Version.V5 else b""

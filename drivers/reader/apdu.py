"""Orders to a card and its answers. No I/O.

Sources: ISO/IEC 7816-4, 5.1 (short and extended lengths, chaining); ISO/IEC 7816-3, 12.2 (protocol T=0).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

_HEADER_BYTES = 4
_SHORT_DATA = 255
_SHORT_EXPECTED = 256
_EXTENDED = 65_536
# A card that sends pieces for ever is given up: the largest object we read, a certificate, has some 2 kB.
MOST_BYTES = 16_384

OK = 0x9000
_MORE = 0x61
_WRONG_LENGTH = 0x6C


@dataclass(frozen=True, slots=True)
class Command:
    """An order. `expected` is how many bytes may come back at most; None asks for none. Its data is never shown."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None

    def encode(self) -> bytes:
        """Return the bytes of the order, with extended lengths only where short ones do not suffice.

        Raises:
            ValueError: more data or more expected bytes than any APDU can say.
        """
        if len(self.data) >= _EXTENDED or (self.expected or 0) > _EXTENDED:
            raise ValueError(f"no APDU holds {len(self.data)} bytes and asks for {self.expected}")
        head = bytes([self.cla, self.ins, self.p1, self.p2])
        if len(self.data) <= _SHORT_DATA and (self.expected or 0) <= _SHORT_EXPECTED:
            body = bytes([len(self.data)]) + self.data if self.data else b""
            return head + body + (b"" if self.expected is None else bytes([self.expected % _SHORT_EXPECTED]))
        body = b"\0" + len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        if self.expected is None:
            return head + body
        return head + body + (b"" if self.data else b"\0") + (self.expected % _EXTENDED).to_bytes(2, "big")

    def __repr__(self) -> str:
        return f"<APDU {self.cla:02X} {self.ins:02X} {self.p1:02X} {self.p2:02X}, {len(self.data)} bytes>"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a card answered: data and the status word."""

    data: bytes
    status: int

    @property
    def ok(self) -> bool:
        """Whether the card did what it was told."""
        return self.status == OK

    def __repr__(self) -> str:
        return f"<answer {self.status:04X}, {len(self.data)} bytes>"


def parse(answer: bytes) -> Answer | None:
    """Return a card's answer; None where it has no status word, or one that no card may give (60, below 60)."""
    if len(answer) < 2 or not 0x61 <= answer[-2] <= 0x9F:  # noqa: PLR2004  (ISO/IEC 7816-4, 5.1.3: 6X and 9X)
        return None
    return Answer(answer[:-2], int.from_bytes(answer[-2:], "big"))


def transmit(command: Command) -> Generator[bytes, bytes, Answer | None]:
    """Yield the bytes to send and take the card's, following 61xx and 6Cxx; return the whole answer.

    None stands for a card that makes no sense, or never comes to an end.
    """
    answer = yield from _asked(command)
    data, fetched = b"", False
    while answer is not None and answer.status >> 8 == _MORE:
        data += answer.data
        # With T=0 the order itself gives nothing but "there is more"; a piece that gives nothing never ends.
        if len(data) > MOST_BYTES or (fetched and not answer.data):
            return None
        answer = yield from _asked(Command(0, 0xC0, 0, 0, expected=answer.status & 0xFF or 256))  # GET RESPONSE
        fetched = True
    if answer is None or len(data) + len(answer.data) > MOST_BYTES:
        return None
    return Answer(data + answer.data, answer.status)


def _asked(command: Command) -> Generator[bytes, bytes, Answer | None]:
    """Send an order, once more with the length that the card says it should have had."""
    answer = parse((yield command.encode()))
    if answer is not None and answer.status >> 8 == _WRONG_LENGTH:
        again = Command(command.cla, command.ins, command.p1, command.p2, command.data, answer.status & 0xFF or 256)
        answer = parse((yield again.encode()))
    return answer


def for_t0(order: bytes) -> bytes:
    """Return an order as a card of protocol T=0 takes it: it has one length, of data to come or to go.

    An order without either says 0; one with data does not say what it expects: the card says that there is more.
    """
    data_bytes = order[_HEADER_BYTES] if len(order) > _HEADER_BYTES else 0
    if len(order) == _HEADER_BYTES:
        return order + b"\0"
    is_both = data_bytes > 0 and len(order) == _HEADER_BYTES + 1 + data_bytes + 1
    return order[:-1] if is_both else order

"""Orders to a card and its answers. No I/O. Source: ISO/IEC 7816-4, 5.1 (short and extended lengths, chaining)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

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
    answer = parse((yield command.encode()))
    if answer is not None and answer.status >> 8 == _WRONG_LENGTH:
        again = Command(command.cla, command.ins, command.p1, command.p2, command.data, answer.status & 0xFF or 256)
        answer = parse((yield again.encode()))
    data = b""
    while answer is not None and answer.status >> 8 == _MORE:
        data += answer.data
        if len(data) > MOST_BYTES or (data and not answer.data):
            return None
        rest = Command(0, 0xC0, 0, 0, expected=answer.status & 0xFF or 256)  # GET RESPONSE
        answer = parse((yield rest.encode()))
    if answer is None or len(data) + len(answer.data) > MOST_BYTES:
        return None
    return Answer(data + answer.data, answer.status)

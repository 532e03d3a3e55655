"""From the bytes a receipt printer sends to what it says. No I/O.

Five kinds of answers share one line, told apart by their fixed bits (Epson, "ESC/POS Command Reference", appendix
"Transmission status"): real time status (DLE EOT n), one byte 0xx1xx10; automatic status (GS a), four bytes, the first
0xx1xx00, the others 0xx0xxxx; paper sensor status (GS r), one byte 0xx0xxxx; blocks which begin with 37h: process ID
(GS ( H), 37h 22h, four characters, 00h, and the clear response (DLE DC4 8), 37h 25h 00h. Promise: how the bytes are
chunked never matters, and no bytes raise anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

_KIND = 0b1001_0011
_REAL_TIME = 0b0001_0010
_AUTOMATIC = 0b0001_0000
_PLAIN = 0b1001_0000  # bits 4 and 7 are clear in a paper sensor's answer, and in an automatic status behind its first
_SENSORS = frozenset({0b0000, 0b0011, 0b1100, 0b1111})  # two sensors of two equal bits each
_UNDEFINED = 0b0110_0000  # of a paper sensor's answer: models set them or not
_FLOW = frozenset({0x11, 0x13})  # XON and XOFF of a serial line, where the port was not told to take them out
_BLOCK_HEAD = 0x37
_PROCESS = 0x22
_CLEARED = 0x25
_BLOCK_BYTES = {_PROCESS: 7, _CLEARED: 3}  # with the head and the 00h behind
_AUTOMATIC_BYTES = 4


@dataclass(frozen=True, slots=True)
class RealTime:
    """The answer to one DLE EOT n; the byte does not say to which."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """What the printer says by itself when its state changes: four bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PaperSensor:
    """The answer to GS r 1: everything sent before it is on paper."""


@dataclass(frozen=True, slots=True)
class ProcessEnded:
    """The answer to GS ( H: everything sent before this `number` is on paper."""

    number: bytes


@dataclass(frozen=True, slots=True)
class Cleared:
    """The answer to DLE DC4 8: the printer holds nothing of what was sent before."""


@dataclass(frozen=True, slots=True)
class Nonsense:
    """A byte which is no answer."""

    byte: int


Answer: TypeAlias = RealTime | Automatic | PaperSensor | ProcessEnded | Cleared | Nonsense


class AnswerReader:
    """Feed it bytes as they arrive; it returns the answers they complete."""

    def __init__(self) -> None:
        self._waiting = b""

    def receive(self, data: bytes) -> list[Answer]:
        """Return the answers completed by `data`, oldest first."""
        answers: list[Answer] = []
        for byte in data:
            self._take(byte, answers)
        return answers

    def _take(self, byte: int, answers: list[Answer]) -> None:
        if byte in _FLOW:
            return
        waiting = self._waiting + bytes([byte])
        if waiting[0] == _BLOCK_HEAD:
            self._take_block(waiting, answers)
        elif len(waiting) > 1 and byte & _PLAIN:
            # No answer goes on like this: what was begun is nothing, the byte may begin another.
            answers.extend(Nonsense(each) for each in self._waiting)
            self._waiting = b""
            self._take(byte, answers)
        elif len(waiting) > 1:
            self._waiting = waiting
            if len(waiting) == _AUTOMATIC_BYTES:
                answers.append(Automatic(waiting))
                self._waiting = b""
        else:
            self._begin(byte, answers)

    def _begin(self, byte: int, answers: list[Answer]) -> None:
        if byte & _KIND == _REAL_TIME:
            answers.append(RealTime(byte))
        elif byte & _KIND == _AUTOMATIC:
            self._waiting = bytes([byte])
        elif byte & ~_UNDEFINED in _SENSORS:
            answers.append(PaperSensor())
        elif byte == _BLOCK_HEAD:
            self._waiting = bytes([byte])
        else:
            answers.append(Nonsense(byte))

    def _take_block(self, waiting: bytes, answers: list[Answer]) -> None:
        if len(waiting) > 1 and waiting[1] not in _BLOCK_BYTES:
            self._waiting = b""
            answers.append(Nonsense(waiting[0]))
            self._take(waiting[1], answers)
        elif len(waiting) == 1 or len(waiting) < _BLOCK_BYTES[waiting[1]]:
            self._waiting = waiting
        else:
            self._waiting = b""
            if waiting[-1] != 0:
                answers.extend(Nonsense(each) for each in waiting)
            else:
                answers.append(Cleared() if waiting[1] == _CLEARED else ProcessEnded(waiting[2:6]))

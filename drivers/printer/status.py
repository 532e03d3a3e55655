"""What a receipt printer says of itself. No I/O.

In real time, at once and even when it does not print: one byte to each DLE EOT n, and where it tells by itself four
bytes whenever that changes (GS a). In its turn, after everything sent before it was printed: a mark, which we put
behind the body of a paper and behind its cut. Source: Epson, "ESC/POS Command Reference", DLE EOT n, GS a, GS r n and
GS ( H. python-escpos' own calls take a silent printer for one with plenty of paper; here silence is a fault.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from drivers.interface import Caution, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping


class Question(IntEnum):
    """What DLE EOT n asks for, by its n."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    ROLL_PAPER_SENSOR = 4

    @property
    def order(self) -> bytes:
        """The bytes that ask it."""
        return bytes([0x10, 0x04, self])


# GS r n, n = 1: transmit the paper sensor status. It names nothing: the answers come in the order of the questions.
PAPER_SENSOR = b"\x1dr\x01"
# GS a n, n = 0: no automatic status back, for printers whose automatic status nobody knows.
ONLY_WHEN_ASKED = b"\x1da\x00"
# GS a n, bits 1 to 3: tell when online or offline, errors or paper change; not the drawer that kiosks do not have.
TELL_BY_YOURSELF = b"\x1da\x0e"
# DLE DC4 n, n = 8: clear the buffers. What a citizen did not get must not come out before the next one.
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
# DLE ENQ n, n = 2: leave an error that somebody has mended, and drop what is held. Without it a cutter that is free
# again stays off until the printer is switched off and on.
RECOVER = b"\x10\x05\x02"

# Which bits mean which fault, the most telling first: an open cover also reads as "offline".
_FAULTS = (
    (Question.OFFLINE_CAUSE, 0x04, Fault.COVER_OPEN),
    (Question.OFFLINE_CAUSE, 0x20, Fault.OUT_OF_PAPER),
    (Question.ROLL_PAPER_SENSOR, 0x60, Fault.OUT_OF_PAPER),
    (Question.ERROR_CAUSE, 0x08, Fault.CUTTER_JAMMED),
    (Question.ERROR_CAUSE, 0x40, Fault.OVERHEATED),  # "automatically recoverable": the head is too hot
    (Question.ERROR_CAUSE, 0x20, Fault.BROKEN),  # "unrecoverable"
    (Question.ERROR_CAUSE, 0x04, Fault.BROKEN),  # "recoverable": mechanical, someone must look
    (Question.OFFLINE_CAUSE, 0x40, Fault.BROKEN),  # an error which DLE EOT 3 does not name
    (Question.PRINTER, 0x08, Fault.OFFLINE),
)
# Left out on purpose: near end (DLE EOT 4, bits 2 and 3) is a caution, the paper of this citizen still comes out;
# DLE EOT 2 bit 3 (the feed button is pressed) lasts as long as a finger.


_NEAR_END = 0x0C
_STATUS_FIXED = 0b1001_0011
_STATUS_SET = 0b0001_0010
# The automatic status, by byte and bits (GS a, "first byte" to "third byte").
_AUTOMATIC_FAULTS = (
    (0, 0x20, Fault.COVER_OPEN),
    (2, 0x0C, Fault.OUT_OF_PAPER),
    (1, 0x08, Fault.CUTTER_JAMMED),
    (1, 0x40, Fault.OVERHEATED),
    (1, 0x20, Fault.BROKEN),
    (1, 0x04, Fault.BROKEN),
    (0, 0x08, Fault.OFFLINE),
)


def process_mark(number: bytes) -> bytes:
    """Return the order which asks for `number` (four digits) in its turn: GS ( H, fn = 48, m = 48."""
    return b"\x1d(H\x06\x0000" + number


def is_status(answer: int) -> bool:
    """Say whether a byte can be an answer to DLE EOT: bits 1 and 4 are always set there, 0 and 7 never."""
    return answer & _STATUS_FIXED == _STATUS_SET


def fault(answers: Mapping[Question, int]) -> Fault | None:
    """Return what is wrong with a printer which gave `answers`, or None where each is there and tells of nothing.

    An answer that is missing or has a wrong fixed bit is not believed: unknown is never taken for good.
    """
    if not all(question in answers and is_status(answers[question]) for question in Question):
        return Fault.NOT_ANSWERING
    return next((named for question, bits, named in _FAULTS if answers[question] & bits), None)


def automatic_fault(status: bytes) -> Fault | None:
    """Return what a printer says by itself is wrong with it; `status` has four bytes."""
    return next((named for byte, bits, named in _AUTOMATIC_FAULTS if status[byte] & bits), None)


def caution(answers: Mapping[Question, int]) -> Caution | None:
    """Return what somebody should look after soon."""
    return Caution.PAPER_NEAR_END if answers.get(Question.ROLL_PAPER_SENSOR, 0) & _NEAR_END else None

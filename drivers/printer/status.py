"""What a receipt printer says of itself. No I/O.

Two kinds of answers, told apart by their fixed bits. In real time, at once and even when it does not print: one
byte to each DLE EOT n. In its turn, after everything sent before it was printed: one byte to GS r n, which we put
at the end of a job. Source: Epson, "ESC/POS Command Reference", DLE EOT n and GS r n.
python-escpos' own calls take a silent printer for one with plenty of paper; here silence is a fault.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from drivers.interface import Fault

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


# GS r n, n = 1: transmit the paper sensor status.
END_OF_JOB = b"\x1dr\x01"
# GS a n, n = 0: no automatic status back. An answer nobody asked for could be taken for another.
ONLY_WHEN_ASKED = b"\x1da\x00"
# DLE DC4 n, n = 8: clear the buffers. What a citizen did not get must not come out before the next one.
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"

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
# Left out on purpose: near end (DLE EOT 4, bits 2 and 3) is no fault, the paper of this citizen still comes out;
# DLE EOT 2 bit 3 (the feed button is pressed) lasts as long as a finger.


_STATUS_FIXED = 0b1001_0011
_STATUS_SET = 0b0001_0010
_PAPER_SENSORS = frozenset({0b0000, 0b0011, 0b1100, 0b1111})


def is_status(answer: int) -> bool:
    """Say whether a byte can be an answer to DLE EOT: bits 1 and 4 are always set there, 0 and 7 never."""
    return answer & _STATUS_FIXED == _STATUS_SET


def is_end_of_job(answer: int) -> bool:
    """Say whether a byte can be the answer to END_OF_JOB: two sensors of two equal bits each, nothing else."""
    return answer in _PAPER_SENSORS


def fault(answers: Mapping[Question, int]) -> Fault | None:
    """Return what is wrong with a printer which gave `answers`, or None where each is there and tells of nothing.

    An answer that is missing or has a wrong fixed bit is not believed: unknown is never taken for good.
    """
    if not all(question in answers and is_status(answers[question]) for question in Question):
        return Fault.NOT_ANSWERING
    return next((named for question, bits, named in _FAULTS if answers[question] & bits), None)

"""What went between a reader and a badge, without its content, and a card that plays it back. No I/O.

Kept are the orders, the random challenge and its signature, which prove nothing ever after, and every status word. A
PIN's order keeps its length alone; a name is redacted letter by letter; of a certificate its first bytes stay, which
say what it is and how long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers import recording
from drivers.reader.badge import APPLET
from drivers.recording import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

# ISO/IEC 7816-4, 5.4.2: VERIFY, SELECT, GET DATA
_VERIFY, _SELECT, _GET_DATA = 0x20, 0xA4, 0xCB
_HEADER_BYTES = 4
# Tags and lengths of a certificate's envelope (53 82 nnnn 70 82 nnnn 30 82 nnnn) and no more.
_ENVELOPE_BYTES = 12
_FILLED = b"x"
_STATUS_BYTES = 2


class DoesNotFitError(ValueError):
    """The driver asks otherwise than it did when this was recorded: the recording is of no use for it any more."""


def exchange(at_ms: int, order: bytes, answer: bytes) -> tuple[Step, Step]:
    """Return an order to a card and its answer, as far as they may be told."""
    if order[1:2] == bytes([_VERIFY]) and len(order) > _HEADER_BYTES + 1:
        return Step(at_ms, out_bytes=len(order)), Step(at_ms, came=answer.hex())
    return Step(at_ms, out=order.hex()), Step(at_ms, came=_without_content(order, answer).hex())


def _without_content(order: bytes, answer: bytes) -> bytes:
    data, status = answer[:-_STATUS_BYTES], answer[-_STATUS_BYTES:]
    match order[1:2]:
        case b"\xa4" if APPLET in order:
            return bytes.fromhex(recording.read(0, data).came) + status
        case b"\xcb" | b"\xc0":  # GET DATA, and GET RESPONSE: its rest
            kept = data[:_ENVELOPE_BYTES] if order[1] == _GET_DATA else b""
            return kept + _FILLED * (len(data) - len(kept)) + status
        case _:
            return answer


class ReplayCard:
    """A card that answers as a recording says, as long as it is asked as it was asked then."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = list(steps)

    def __call__(self, order: bytes) -> bytes:
        """Answer an order.

        Raises:
            DoesNotFitError: the recording has another order here, or is over.
        """
        if len(self._steps) < 2:  # noqa: PLR2004  (an order and its answer)
            raise DoesNotFitError("the recording is over")
        asked, said = self._steps.pop(0), self._steps.pop(0)
        if asked.out_bytes != len(order) and bytes.fromhex(asked.out) != order:
            raise DoesNotFitError(f"at {asked.at_ms} ms the recording has {asked!r}, not {order[:5].hex()!r}")
        return bytes.fromhex(said.came)

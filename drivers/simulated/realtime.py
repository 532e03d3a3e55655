"""Takes the orders which a printer obeys at once out of the stream. No I/O.

Source: Epson, "ESC/POS Command Reference", DLE EOT n, DLE ENQ n and DLE DC4 n. As in a real printer's interface, they
are found wherever they stand, in a picture's data too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

_DLE = 0x10
_EOT = 0x04
_ENQ = 0x05
_DC4 = 0x14
_CLEAR_BUFFERS = bytes.fromhex("10140801031401060208")
_QUESTION_BYTES = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """DLE EOT n."""

    question: int


@dataclass(frozen=True, slots=True)
class Recover:
    """DLE ENQ n: leave an error whose cause is gone."""


@dataclass(frozen=True, slots=True)
class ClearBuffers:
    """DLE DC4 8."""


Order: TypeAlias = Ask | Recover | ClearBuffers | bytes


class RealTimeOrders:
    """Feed it bytes as they arrive; it returns what to do at once, and, as bytes, what to print in its turn."""

    def __init__(self) -> None:
        self._waiting = b""

    def receive(self, data: bytes) -> list[Order]:
        """Return the orders completed by `data`, in order."""
        orders: list[Order] = []
        data = self._waiting + data
        while data:
            head, dle, rest = data.partition(bytes([_DLE]))
            if head:
                orders.append(head)
            data = dle + rest
            if not dle:
                break
            if len(data) == 1 or (data[1] in {_EOT, _ENQ} and len(data) < _QUESTION_BYTES) or _begins_clear(data):
                break
            if data[1] in {_EOT, _ENQ}:
                orders.append(Ask(data[2]) if data[1] == _EOT else Recover())
                data = data[_QUESTION_BYTES:]
            elif data.startswith(_CLEAR_BUFFERS):
                orders.append(ClearBuffers())
                data = data[len(_CLEAR_BUFFERS) :]
            else:
                orders.append(data[:1])
                data = data[1:]
        self._waiting = data
        return orders


def _begins_clear(data: bytes) -> bool:
    return len(data) < len(_CLEAR_BUFFERS) and _CLEAR_BUFFERS.startswith(data)

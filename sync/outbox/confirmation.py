"""What becomes of the hub's word about a stream. No I/O."""

from __future__ import annotations

from enum import Enum, auto


class Confirmation(Enum):
    """What the hub's word about a stream came to."""

    CONFIRMED = auto()
    KNOWN = auto()
    BEHIND = auto()
    FORKED = auto()
    LOST = auto()

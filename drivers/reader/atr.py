"""Whose card it may be, by its ATR alone. No I/O. Source: ISO/IEC 7816-3, 8 (answer to reset).

Only a card that says in its historical bytes that it may be a badge is ever spoken to. Every other card, known or not,
is a citizen's: not one byte is read from it beyond the ATR, which the reader has read by itself. ATRs of Vitale cards:
the list of Ludovic Rousseau's pcsc-tools.
"""

from __future__ import annotations

import re
from enum import Enum, auto


class Holder(Enum):
    """Whose card it may be."""

    AGENT = auto()
    """It may be a badge: it is asked."""
    INSURED = auto()
    """A Vitale card: people put it into every slot they see."""
    CITIZEN = auto()
    """Any other card: a bank's, an identity card, a transport pass."""
    NOBODY = auto()
    """What it says is no ATR."""


# Historical bytes of cards that may be badges: our own applet, and security keys that are PIV cards.
_BADGES = (b"Guichet", b"YubiKe")
_VITALE = re.compile(rb"\x3B\x75\x13\x00\x00[\x40-\x4F]\x09\xEA\x90\x00|\x3F\x65\x25\x00.\x09.\x90\x00", re.DOTALL)
_DIRECT, _INVERSE = 0x3B, 0x3F
_MOST_BYTES = 33


def holder(atr: bytes) -> Holder:
    """Return whose card says `atr`."""
    historical = historical_bytes(atr)
    if historical is None:
        return Holder.NOBODY
    if _VITALE.fullmatch(atr):
        return Holder.INSURED
    return Holder.AGENT if any(mark in historical for mark in _BADGES) else Holder.CITIZEN


def historical_bytes(atr: bytes) -> bytes | None:
    """Return the bytes in which a card names itself; None where `atr` is none."""
    if not 2 <= len(atr) <= _MOST_BYTES or atr[0] not in {_DIRECT, _INVERSE}:  # noqa: PLR2004  (TS and T0)
        return None
    present, count = atr[1] >> 4, atr[1] & 0x0F
    place = 2
    protocols: set[int] = set()
    while True:
        place += (present & 0b111).bit_count()  # TA, TB, TC
        if not present & 0b1000:
            break
        if place >= len(atr):
            return None
        present = atr[place] >> 4
        protocols.add(atr[place] & 0x0F)
        place += 1
    check = 1 if protocols - {0} else 0  # TCK is there unless T=0 is all that is offered
    if len(atr) != place + count + check:
        return None
    return atr[place : place + count]

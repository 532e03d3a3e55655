"""What pcscd is asked, and what its answers mean. Adapter (pyscard)."""

from __future__ import annotations

import time
from typing import Any

from drivers.interface import DeviceError, Fault
from drivers.news import CardFault
from drivers.reader.atr import Holder, holder

# pcscd looks every 0.4 s whether a card is there.
_GOING_S = 0.6


def library() -> Any:  # noqa: ANN401  (a compiled module without types)
    """Return pyscard's module of functions, as they are in C."""
    from smartcard import scard  # noqa: PLC0415  (late: few devices have a reader)

    return scard


def establish() -> int:
    """Return a new context.

    Raises:
        DeviceError: pcscd does not run, or does not let us in.
    """
    scard = library()
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result == scard.SCARD_W_SECURITY_VIOLATION:
        # pcscd hangs up at the first word: polkit does not let our account in. Later it is a daemon that dies.
        raise DeviceError(Fault.REFUSED, "card reader: pcscd does not let this account in")
    if result != scard.SCARD_S_SUCCESS:
        raise DeviceError(fault(result), f"card reader: {words(result)}")
    established: int = context
    return established


def count(state: int) -> int:
    """Return how often cards came and went, which pcsc-lite counts in the upper half of a reader's state."""
    return state >> 16


def is_badge_seen_as(seen: int, context: int, reader: str) -> bool:
    """Say whether the card in a reader is the badge that was there in a state; its ATR may change when it is reset."""
    scard = library()
    result, states = scard.SCardGetStatusChange(context, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
    if result != scard.SCARD_S_SUCCESS:
        return False
    _, state, atr = states[0]
    return count(state) == count(seen) and holder(bytes(atr)) is Holder.AGENT


def card_stays(card: int) -> bool:
    """Say whether a card stays where it is: pcscd looks for its going only a few times a second."""
    scard = library()
    deadline_s = time.monotonic() + _GOING_S
    while time.monotonic() < deadline_s:
        if scard.SCardStatus(card)[0] != scard.SCARD_S_SUCCESS:
            return False
        time.sleep(_GOING_S / 10)
    return True


def fault(result: int) -> Fault:
    """Return why there is no reader."""
    scard = library()
    if result == scard.SCARD_E_NO_ACCESS:
        return Fault.REFUSED
    return Fault.UNPLUGGED if result == scard.SCARD_E_NO_READERS_AVAILABLE else Fault.SERVICE_DOWN


def card_fault(result: int) -> CardFault:
    """Return why a card could not be spoken to."""
    scard = library()
    mute = {scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNPOWERED_CARD, scard.SCARD_E_PROTO_MISMATCH}
    return CardFault.MUTE if result in mute else CardFault.TORN_OUT


def words(result: int) -> str:
    """Return what pcsc-lite calls it."""
    return str(library().SCardGetErrorMessage(result))

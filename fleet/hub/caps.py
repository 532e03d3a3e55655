"""How much of the ledger one device may take up: what a device with a good key and bad intent cannot go beyond.

Rows are bounded by the allowance (`allowance.py`); here is bounded what each further frame or birth would make dearer
for everybody. An honest device comes nowhere near, so what exceeds a cap is refused, parked with its reason, counted as
refused, and in the end a quarantine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from fleet.hub.database import ValuesRefusedError
from fleet.hub.schema import forks, losses, streams

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

# A process start that records anything makes two: one start every ten minutes for nine years.
MAX_STREAMS = 1_000_000
# Gaps lie between pages that can be read: an outbox of 64 MB in pages of 1 kB has 31,250 at the very worst, so that
# three of a device's cards may go that way.
MAX_LOST_RANGES = 100_000
# 60 kB each at most. Two cards that go on from one differ in a few places; later forks are named without their frame.
MAX_FORK_FRAMES = 200


class BeyondCapError(ValuesRefusedError):
    """A device claims more than any honest one can: see what it sends, and whether its key was stolen."""


def allow_streams(connection: Connection, devices: Iterable[str]) -> None:
    """Let `devices` begin streams, one for each time that one is named.

    Raises:
        BeyondCapError: one of them has too many.
    """
    named = list(devices)
    for device in sorted(set(named)):
        begun = select(func.count()).select_from(streams).where(streams.c.device == device)
        if connection.scalars(begun).one() + named.count(device) > MAX_STREAMS:
            raise BeyondCapError(f"{device!r} has begun more than {MAX_STREAMS} streams")


def allow_lost_ranges(connection: Connection, device: str, more: int) -> None:
    """Let `device` declare `more` ranges lost.

    Raises:
        BeyondCapError: it has too many.
    """
    of_device = select(func.count()).select_from(losses).join(streams, streams.c.id == losses.c.stream_id)
    if connection.scalars(of_device.where(streams.c.device == device)).one() + more > MAX_LOST_RANGES:
        raise BeyondCapError(f"{device!r} has declared more than {MAX_LOST_RANGES} ranges lost")


def keeps_fork_frame(connection: Connection, device: str) -> bool:
    """Return whether one more contradicting frame of `device` is kept, for whoever looks into it."""
    of_device = select(func.count()).select_from(forks).join(streams, streams.c.id == forks.c.stream_id)
    return connection.scalars(of_device.where(streams.c.device == device)).one() < MAX_FORK_FRAMES

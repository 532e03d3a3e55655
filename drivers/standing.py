"""How a device stands, and since when. No I/O.

    OPENING ──┬── DeviceUp ───► READY, DEGRADED ──┐ ▲
              │                                   │ │ DeviceUp
              └── DeviceDown ─► ABSENT, FAULT ◄───┘ │ (DeviceDown back)
                                      └─────────────┘

A device of which nothing is known yet is opening, never ready; after a while that is told, as `STARTING`. One that was
down stays so, with its reason, while it is tried again: people read why it is away, not that we try. But one of which
no more is known than that it hung in its first opening is opening again, as soon as it says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING

from drivers.interface import Caution, DeviceDown, DeviceUp, Fault

if TYPE_CHECKING:
    from drivers.interface import DeviceName


class Presence(Enum):
    """Whether a device can be used."""

    ABSENT = auto()
    OPENING = auto()
    READY = auto()
    DEGRADED = auto()
    FAULT = auto()


_AWAY = MappingProxyType({Fault.UNPLUGGED: Presence.ABSENT, Fault.STARTING: Presence.OPENING})
_OPENING = frozenset({Fault.STARTING, Fault.HANGING})
_DOWN = frozenset({Presence.ABSENT, Presence.FAULT})


@dataclass(frozen=True, slots=True)
class Standing:
    """One device at one time; `since_s` is monotonic, and the counts are since the process began."""

    device: DeviceName
    since_s: float
    presence: Presence = Presence.OPENING
    reason: Fault | Caution | None = None
    times_up: int = 0
    times_down: int = 0
    crashes: int = 0
    may_start: bool = True
    """Whether no more is known of it than that it is opened for the first time, or hangs in that."""

    @property
    def serves(self) -> bool:
        """Whether it can be used now."""
        return self.presence in {Presence.READY, Presence.DEGRADED}


def after(standing: Standing, event: DeviceUp | DeviceDown, now_s: float) -> Standing:
    """Return how a device stands after `event`; what was known already changes nothing, `since_s` neither."""
    match event:
        case DeviceUp(_, caution):
            presence = Presence.READY if caution is None else Presence.DEGRADED
            reason: Fault | Caution | None = caution
        case DeviceDown(_, Fault.STARTING) if not standing.may_start:
            return standing  # more is known of it
        case DeviceDown(_, fault):
            presence = _AWAY.get(fault, Presence.FAULT)
            reason = fault
    if (presence, reason) == (standing.presence, standing.reason):
        return standing
    came_up = isinstance(event, DeviceUp) and not standing.serves
    went_down = presence in _DOWN and (standing.serves or not standing.times_down)
    return replace(
        standing,
        presence=presence,
        reason=reason,
        since_s=now_s,
        times_up=standing.times_up + came_up,
        times_down=standing.times_down + went_down,
        may_start=standing.may_start and reason in _OPENING,
    )


def crashed(standing: Standing) -> Standing:
    """Return a standing with one crash more: each counts, though only the first is told."""
    return replace(standing, crashes=standing.crashes + 1)

"""What can happen to the kiosk: touches, news, and the keys of the pad. No I/O.

Events are past tense.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from kiosk.journeys.news import News
from kiosk.journeys.touches import Touch

if TYPE_CHECKING:
    from drivers.news import Key

Event: TypeAlias = Touch | News


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One of the pad's four keys: `kiosk.four_keys` makes of it what a finger would have touched."""

    key: Key


Input: TypeAlias = Event | KeyPressed

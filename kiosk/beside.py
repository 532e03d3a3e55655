"""What the kiosk says and lights beside what it paints. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk import lamp, voice
from kiosk.journeys.effects import Effect, Light

if TYPE_CHECKING:
    from kiosk.journeys.state import State
    from kiosk.view.screen import Screen


def beside(before: tuple[State, Screen] | None, state: State, screen: Screen) -> list[Effect]:
    """Return what to say and to light now that a screen was painted after the one before, if any was."""
    signal = lamp.signal(state)
    changed = before is None or lamp.signal(before[0]) is not signal
    return [*voice.read(before, state, screen), *([Light(signal)] if changed else [])]

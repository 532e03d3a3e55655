"""From the levels of keys to presses. No I/O.

    up ──settled──► down ──long_press_s──► held ──stuck_s──► stuck ──up──► up
                    KeyPressed             KeyHeld           KeyReleased, KEY_STUCK

A contact bounces: a level counts once it has stayed for `settle_s`. A key that was down before anybody looked tells
nothing until it came up. A key which is down for longer than anybody presses one (jammed, or something leans on it)
counts as up and is ignored until it truly is; the others serve. `now_s` is monotonic and never falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.interface import Caution, DeviceName, DeviceUp
from drivers.news import Key, KeyHeld, KeyPressed, KeyReleased

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.news import DeviceEvent


@dataclass(frozen=True, slots=True)
class Timing:
    """When a level is a press, a long press, a jammed key."""

    settle_s: float = 0.01
    """Contacts bounce for 1 to 5 ms; nobody feels 10."""
    long_press_s: float = 0.8
    stuck_s: float = 20.0
    """Hands that tremble hold a key for seconds, not for so many."""


@dataclass(slots=True)
class _KeyState:
    level: bool = False
    since_s: float = 0.0
    down: bool = False
    """As it counts, settled."""
    told: bool = False
    """Whether it was pressed in our time and is not released yet."""
    held: bool = False
    stuck: bool = False


class Presses:
    """What the levels of one pad's keys mean."""

    def __init__(self, device: DeviceName, timing: Timing, down: Iterable[Key], now_s: float) -> None:
        self._device = device
        self._timing = timing
        before = frozenset(down)
        self._keys = {key: _KeyState(level=key in before, since_s=now_s, down=key in before) for key in Key}

    def level(self, key: Key, now_s: float, *, down: bool) -> list[DeviceEvent]:
        """Take the level of a key at `now_s`; return what it means by then."""
        events = self.tick(now_s)
        state = self._keys[key]
        if state.level is not down:
            state.level, state.since_s = down, now_s
            events += self.tick(now_s)
        return events

    def tick(self, now_s: float) -> list[DeviceEvent]:
        """Return what has come about by `now_s` without any change of level."""
        events: list[DeviceEvent] = []
        was_stuck = self.stuck
        for key, state in self._keys.items():
            events += self._tick(key, state, now_s - state.since_s)
        if self.stuck is not was_stuck:
            events.append(DeviceUp(self._device, Caution.KEY_STUCK if self.stuck else None))
        return events

    def wait_s(self, now_s: float) -> float | None:
        """Return in how many seconds `tick` may have something to tell; None: not before a level changes."""
        waits = [
            max(0.0, state.since_s + wait_s - now_s)
            for state in self._keys.values()
            if (wait_s := self._next(state)) is not None
        ]
        return min(waits, default=None)

    def lost(self) -> list[DeviceEvent]:
        """Return the releases of what is down while the pad goes away."""
        return [KeyReleased(self._device, key) for key, state in self._keys.items() if state.told]

    @property
    def stuck(self) -> bool:
        """Whether a key is jammed."""
        return any(state.stuck for state in self._keys.values())

    def _tick(self, key: Key, state: _KeyState, for_s: float) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        if state.level is not state.down and for_s >= self._timing.settle_s:
            state.down = state.level
            if state.down:
                state.told = True
                events.append(KeyPressed(self._device, key))
            else:
                if state.told:
                    events.append(KeyReleased(self._device, key))
                state.told = state.held = state.stuck = False
        if state.level and state.down and not state.stuck:
            if state.told and not state.held and for_s >= self._timing.long_press_s:
                state.held = True
                events.append(KeyHeld(self._device, key))
            if for_s >= self._timing.stuck_s:
                state.stuck = True
                if state.told:
                    events.append(KeyReleased(self._device, key))
                state.told = False
        return events

    def _next(self, state: _KeyState) -> float | None:
        if state.level is not state.down:
            return self._timing.settle_s
        if not state.level or state.stuck:
            return None
        return self._timing.stuck_s if state.held or not state.told else self._timing.long_press_s

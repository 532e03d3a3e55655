"""When a level counts: once it has stayed. No I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settle:
    """How long the ignition must stay on or off to count.

    While a bus starts its engine the ignition falls away for a second or two, and it is turned off and on again at
    a stop: nobody's session ends by that.
    """

    on_s: float = 0.5
    off_s: float = 3.0


class Settling:
    """A level that counts once it has stayed; the first one known counts at once. `now_s` never falls."""

    def __init__(self, settle: Settle, now_s: float, *, level: bool) -> None:
        self._settle = settle
        self._level = level
        self._since_s = now_s
        self.counts = level

    def level(self, now_s: float, *, level: bool) -> None:
        """Take the level at `now_s`."""
        self.tick(now_s)
        if level is not self._level:
            self._level, self._since_s = level, now_s

    def tick(self, now_s: float) -> None:
        """Let what stayed until `now_s` count."""
        settle_s = self._settle.on_s if self._level else self._settle.off_s
        if now_s - self._since_s >= settle_s:
            self.counts = self._level

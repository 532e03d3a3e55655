"""What a driver is stopped by, and by which is seen that it still looks. Adapter (threading).

A driver looks at its leash at least every two seconds. One that hangs in a call to its device cannot: Python has no
way to end a thread, but everybody else can be told, and the device is left alone until the call comes back.
"""

from __future__ import annotations

import threading
import time


class Leash(threading.Event):
    """The `stop` of one run of one driver: an Event that remembers when it was looked at last."""

    def __init__(self) -> None:
        super().__init__()
        self._looked_s = time.monotonic()

    def is_set(self) -> bool:
        """Return whether the driver is to stop."""
        self._looked_s = time.monotonic()
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the driver is to stop, at most `timeout` seconds; return whether it is."""
        self._looked_s = time.monotonic()
        told = super().wait(timeout)
        self._looked_s = time.monotonic()
        return told

    def unseen_s(self, now_s: float) -> float:
        """Return for how long nobody has looked, at `now_s` (monotonic)."""
        return now_s - self._looked_s

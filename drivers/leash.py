"""What a driver is stopped by, and by which is seen that it still looks. Adapter (threading).

A driver looks at its leash at least every second, or waits on it. One that hangs in a call to its device cannot:
Python has no way to end a thread, but everybody else can be told, and the device is left alone until the call comes
back.
"""

from __future__ import annotations

import threading


class Leash(threading.Event):
    """The `stop` of one run of one driver: an Event that counts how often it was looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.waits = False
        """Whether the driver waits on it now: for however long, it is not in its device's hands."""

    def is_set(self) -> bool:
        """Return whether the driver is to stop."""
        self.looks += 1
        return super().is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the driver is to stop, at most `timeout` seconds; return whether it is."""
        self.waits = True
        try:
            return super().wait(timeout)
        finally:
            self.looks += 1
            self.waits = False

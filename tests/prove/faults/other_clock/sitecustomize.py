"""Python loads this into processes which libfaketime shows another year.

libfaketime 0.9.10 leaves the monotonic clock alone when told to, but not the sleep until a monotonic time, by which
Python sleeps: 1970 makes it last 56 years, 2040 an error. Sleep through select(2) instead.
"""

from __future__ import annotations

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep

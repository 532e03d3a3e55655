"""The machine's clocks, read as a `Moment`."""

from __future__ import annotations

import time
from functools import cache, lru_cache
from pathlib import Path

from sync.entry import Moment

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# systemd-timesyncd makes this file when it has set the clock from the network.
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


@cache
def boot() -> str:
    """Return the id of this boot, which no process outlives."""
    return _BOOT_ID.read_text(encoding="ascii").strip()


def now() -> Moment:
    """Return the present moment, as far as this machine knows it."""
    boottime_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    synchronised = _synchronised(boottime_ns // 1_000_000_000)
    return Moment(boot(), boottime_ns, round(time.time(), 3), synchronised)


@lru_cache(maxsize=1)
def _synchronised(_second: int) -> bool:
    """Look once a second: a look costs as much as sealing a record."""
    return _SYNCHRONISED.exists()

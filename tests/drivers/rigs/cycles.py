"""What this process holds, and what plug cycles leave of it: threads, open files, memory."""

from __future__ import annotations

import gc
import os
import sys
import threading
from pathlib import Path

# By allocators that fill slowly, whatever the cycles are; 10,000 cycles that leave 800 bytes each are seen.
_SLACK_BYTES = 8_000_000
# Caches of the interpreter fill for some hundred cycles, and then swing: one object kept by each cycle is seen
# in 10,000 cycles, and not in fewer than 1,000.
_SLACK_OBJECTS = 500


def leave_nothing_behind(cycle, cycles):
    """Run `cycle` so often, and see that it leaves nothing; the first ones may: caches fill, modules load."""
    for _ in range(max(5, cycles // 20)):
        cycle()
    before, resident = held(), resident_bytes()
    for _ in range(cycles // 2):
        cycle()
    half = objects()
    for _ in range(cycles - cycles // 2):
        cycle()
    grown, kept = resident_bytes() - resident, objects() - half
    print(  # noqa: T201  (a proof's figures)
        f"{cycles} cycles: {before} before, {held()} after, {grown // 1024} KiB more; "
        f"{kept} objects more in the second half"
    )
    assert held() == before
    assert grown < _SLACK_BYTES
    assert kept < max(_SLACK_OBJECTS, cycles // 4)


def held():
    """Return how many threads and open files there are; what only the collector would close counts."""
    return {"threads": threading.active_count(), "files": len(list(Path("/proc/self/fd").iterdir()))}


def resident_bytes():
    """Return how much memory is in use."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def objects():
    """Return how many blocks Python holds, most of them an object each."""
    gc.collect()
    return sys.getallocatedblocks()

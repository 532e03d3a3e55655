"""Times producers which wait for each record's promise before the next; threads."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

from bench.road.load import Enqueued, enqueued

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Item = TypeVar("_Item")


def time_producers(put: Callable[[_Item], object], items: Sequence[_Item], producers: int) -> Enqueued:
    """Give `items` to `put` from so many threads at once; `put` returns when its item is as safe as it gets."""
    latencies_s: list[list[float]] = [[] for _ in range(producers)]

    def produce(own: int) -> None:
        mine = latencies_s[own]
        for item in items[own::producers]:
            before_s = time.perf_counter()
            put(item)
            mine.append(time.perf_counter() - before_s)

    threads = [threading.Thread(target=produce, args=(own,)) for own in range(1, producers)]
    started_s = time.perf_counter()
    for thread in threads:
        thread.start()
    produce(0)
    for thread in threads:
        thread.join()
    elapsed_s = time.perf_counter() - started_s
    return enqueued([latency_s for mine in latencies_s for latency_s in mine], elapsed_s)

"""persist-queue: a SQLite queue with acknowledgements, the most used of its kind on PyPI; paho sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import persistqueue

from bench.road.device import serve

if TYPE_CHECKING:
    from pathlib import Path


class PersistQueue:
    """`SQLiteAckQueue` with a commit a record (WAL, and SQLite's default `synchronous`, FULL)."""

    def __init__(self, place: Path) -> None:
        self._queue = persistqueue.SQLiteAckQueue(str(place), auto_commit=True, multithreading=True)

    def put(self, payload: bytes) -> object:
        """Accept a record."""
        return self._queue.put(payload)

    def take(self) -> tuple[int, bytes] | None:
        """Return the next record."""
        try:
            taken = self._queue.get(block=False, raw=True)
        except persistqueue.Empty:
            return None
        return taken["pqid"], taken["data"]

    def done(self, keys: list[int]) -> None:
        """Acknowledge records."""
        for key in keys:
            self._queue.ack(id=key)


if __name__ == "__main__":
    serve(PersistQueue)

"""litequeue: a SQLite queue which trades the flush for speed (WAL, `synchronous=NORMAL`); paho sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litequeue import LiteQueue

from bench.road.device import serve

if TYPE_CHECKING:
    from pathlib import Path


class Lite:
    """`LiteQueue` as its documentation uses it; what an earlier process had taken is taken again."""

    def __init__(self, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self._queue = LiteQueue(str(place / "queue.db"))
        for message in list(self._queue.list_locked(0)):
            self._queue.retry(message.message_id)

    def put(self, payload: bytes) -> object:
        """Accept a record."""
        return self._queue.put(payload.decode())

    def take(self) -> tuple[str, bytes] | None:
        """Return the next record."""
        message = self._queue.pop()
        return None if message is None else (message.message_id, message.data.encode())

    def done(self, keys: list[str]) -> None:
        """Mark records as done."""
        for key in keys:
            self._queue.done(key)


if __name__ == "__main__":
    serve(Lite)

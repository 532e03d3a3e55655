"""The plainest durable thing there is: one `INSERT` of the JSON a record, in SQLite WAL/FULL. It sends nothing."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

from bench.road.device import serve

if TYPE_CHECKING:
    from pathlib import Path


class BareInsert:
    """One connection, one commit a record; producers take turns."""

    def __init__(self, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(place / "bare.db", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE queue (seq INTEGER PRIMARY KEY, payload BLOB NOT NULL)")
        self._turn = threading.Lock()

    def put(self, payload: bytes) -> object:
        """Accept a record."""
        with self._turn:
            return self._db.execute("INSERT INTO queue (payload) VALUES (?)", (payload,))

    def take(self) -> tuple[int, bytes] | None:
        """Return nothing: this is half a road."""
        return None

    def done(self, keys: list[int]) -> None:
        """Delete records."""
        self._db.executemany("DELETE FROM queue WHERE seq=?", [(key,) for key in keys])


if __name__ == "__main__":
    serve(BareInsert)

"""Queues records until it is killed, and prints each once it is acknowledged: `ext4_writer.py FOLDER SYNCHRONOUS`."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

from sync.chain import Row
from sync.outbox import Batch, Outbox
from sync.seal import Predecessor


class Connection(sqlite3.Connection):
    """One that flushes as the command line says."""

    def execute(self, statement, *values):
        if statement.startswith("PRAGMA synchronous="):
            statement = f"PRAGMA synchronous={sys.argv[2]}"
        return super().execute(statement, *values)


def connect(*arguments, **options):
    return sqlite3.connect(*arguments, factory=Connection, **options)


box = Outbox.open(Path(sys.argv[1]) / "outbox.db", "kiosk-1", connect=connect)
stream = os.urandom(16)
before = box.last_of("kiosk.ordinary")
left = Predecessor(before.stream, before.seq, before.chain) if before else None
for seq in range(1, 100_000):
    row = Row(seq, seq, f"{stream.hex()} {seq}".encode())
    box.append([Batch(stream, "kiosk.ordinary", [row], left)], 1_000_000_000)
    os.write(1, f"{stream.hex()} {seq}\n".encode())

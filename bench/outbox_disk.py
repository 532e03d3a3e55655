"""Says what a record costs the disk, by page size and checkpoint: `python bench/outbox_disk.py [RECORDS]` (root).

Records are queued one commit each on an ext4 file system of its own, whose block device counts the bytes; persist-queue
takes the same records as JSON beside it. The outbox's page size and checkpoint in `sync/outbox/file.py` come from here.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import persistqueue
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from bench.road.disk import loop_disk
from sync.outbox import Outbox
from sync.outbox import file as outbox_file
from sync.records import (
    AgeBand,
    AssistanceRecorded,
    Channel,
    Nature,
    Outcome,
    Status,
    fields,
)
from sync.writer import RecordWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.road.disk import Disk

_RECORDS = 2_000
_PAGES_BYTES = (1024, 2048, 4096)
_CHECKPOINTS_PAGES = (100, 250, 1000)
_RECORD = AssistanceRecorded(
    "FS-35-0042", ("caf", "cpam"), "logement", Channel.ON_SITE, Nature.DIGITAL_HELP, Outcome.SOLVED, 30,
    AgeBand.FROM_35, Status.UNEMPLOYED, first_time=True,
)  # fmt: skip


def main() -> None:
    """Run the bench."""
    if os.geteuid() != 0:
        print("counting a disk's bytes needs root: not measured")
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _RECORDS
    with tempfile.TemporaryDirectory() as work, loop_disk(Path(work)) as disk:
        peer_bytes = _bytes_a_record(disk, count, _fill_persist_queue)
        print(f"persist-queue: {peer_bytes:,.0f} bytes a record")
        for page_bytes, checkpoint_pages in itertools.product(_PAGES_BYTES, _CHECKPOINTS_PAGES):
            ours_bytes = _bytes_a_record(disk, count, _filling_outbox(page_bytes, checkpoint_pages))
            chosen = (page_bytes, checkpoint_pages) == (outbox_file.PAGE_BYTES, outbox_file.CHECKPOINT_PAGES)
            ratio = ours_bytes / peer_bytes
            print(
                f"outbox, pages of {page_bytes}, checkpoint at {checkpoint_pages}: {ours_bytes:,.0f} bytes a record,"
                f" ratio {ratio:.2f}{'  <- chosen' if chosen else ''}"
            )


def _bytes_a_record(disk: Disk, count: int, fill: Callable[[Path, int], None]) -> float:
    folder = disk.folder / "queue"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    before = disk.written_bytes() or 0
    fill(folder, count)
    return ((disk.written_bytes() or 0) - before) / count


def _fill_persist_queue(folder: Path, count: int) -> None:
    queue = persistqueue.SQLiteAckQueue(str(folder), auto_commit=True, multithreading=True)
    payload = msgspec.json.encode({"kind": "assistance_recorded", **fields(_RECORD)})
    for _ in range(count):
        queue.put(payload)
    queue.close()


def _filling_outbox(page_bytes: int, checkpoint_pages: int) -> Callable[[Path, int], None]:
    asked = {"PRAGMA page_size": page_bytes, "PRAGMA wal_autocheckpoint": checkpoint_pages}

    class Connection(sqlite3.Connection):
        """One that takes our page size and checkpoint for the outbox's own."""

        def execute(self, statement: str, *values: object) -> sqlite3.Cursor:  # type: ignore[override]
            name = statement.partition("=")[0]
            return super().execute(f"{name}={asked[name]}" if name in asked else statement, *values)  # type: ignore[arg-type]

    def connect(*arguments: object, **options: object) -> sqlite3.Connection:
        return sqlite3.connect(*arguments, factory=Connection, **options)  # type: ignore[call-overload, no-any-return]

    def fill(folder: Path, count: int) -> None:
        def open_outbox() -> Outbox:
            return Outbox.open(folder / "outbox.db", "bench", connect=connect)

        key = X25519PrivateKey.generate().public_key()
        writer = RecordWriter(open_outbox, "bench", key, 1_000_000_000, folder / "wake.sock")
        for _ in range(count):
            writer.keep(_RECORD)
        writer.close()

    return fill


if __name__ == "__main__":
    main()

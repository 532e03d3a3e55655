"""A process that queues records as the kiosk does, and says what became of each.

`producer.py SITE LIFE COUNT PER_SECOND` prints, a line each:

    kept LIFE-n                     the record is on disk: a promise from here on
    refused LIFE-n FAULT sentence   it is not, and will not come

It ends once COUNT records are kept. A record's sheet is its identity: nobody reads it but the proof.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from config.store import load
from sync.outbox import OutboxError
from sync.records import ReceiptContent, ReceiptRequested
from sync.writer import RecordWriter

if TYPE_CHECKING:
    from concurrent.futures import Future


class Producer:
    """Puts records at an even pace until enough are kept; never more at once than are still wanted."""

    def __init__(self, writer: RecordWriter, life: str, count: int, per_second: float) -> None:
        self._writer = writer
        self._life = life
        self._count = count
        self._interval_s = 1 / per_second
        self._pace = threading.Event()
        self._put = 0
        self._under_way = 0  # put, and not refused
        self._kept = 0
        self._changed = threading.Condition()

    def run(self) -> None:
        """Return once all are kept."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._under_way < self._count or self._kept == self._count)
                if self._kept == self._count:
                    return
                self._under_way += 1
            self._put += 1
            name = f"{self._life}-{self._put}"
            future = self._writer.put(ReceiptRequested(name, ReceiptContent.SHEET))
            future.add_done_callback(partial(self._answered, name))
            self._pace.wait(self._interval_s)

    def _answered(self, name: str, done: Future[None]) -> None:
        error = done.exception()
        if isinstance(error, OutboxError):
            say(f"refused {name} {error.fault.name} {error}")
        elif error is None:
            say(f"kept {name}")
        else:
            raise error
        with self._changed:
            self._kept += error is None
            self._under_way -= error is not None
            self._changed.notify()


def say(line: str) -> None:
    """Print a line at once: what was printed survives a kill."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(site: Path, life: str, count: int, per_second: float) -> None:
    """Queue until `count` records are kept."""
    writer = RecordWriter.open(load(site))
    Producer(writer, life, count, per_second).run()
    writer.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))

"""Our own road: the device's `RecordWriter`, which a kiosk uses, fed by producers which wait for each promise.

    python -m bench.road.peers.ours enqueue SITE_TOML COUNT PRODUCERS

`enqueue-bulk` waits only once, at the end, to fill an outbox fast.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import msgspec

from bench.road.load import SEED
from bench.road.producers import time_producers
from bench.road.samples import entries
from config import store
from sync.writer import RecordWriter

if TYPE_CHECKING:
    from sync.records import Record


def main(writer_kind: type[RecordWriter] = RecordWriter) -> None:
    """Queue the seeded records."""
    order, config, count = sys.argv[1], store.load(Path(sys.argv[2])), int(sys.argv[3])
    records: list[Record] = [entry.record for entry in entries(count, Random(SEED))]
    writer = writer_kind.open(config)
    if order == "enqueue":
        figures = time_producers(writer.keep, records, int(sys.argv[4]))
        print(msgspec.json.encode(figures).decode(), flush=True)
    else:
        for kept in [writer.put(record) for record in records]:
            kept.result()
    writer.close()


if __name__ == "__main__":
    main()

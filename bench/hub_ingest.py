"""Times the hub's two ends on SQLite: `python bench/hub_ingest.py [RECORDS [URL]]`.

Ingest: signed frames of 100 to 400 sealed records from several devices through `HubEnd`, as the service hands them
over, each heap committed and answered. Opening: the same rows into typed records. Both beside a bare `executemany` of
the same sealed bytes into SQLite (WAL, FULL), in the same run. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fleet.hub.ingest import HubEnd
from fleet.hub.opener import open_stored
from fleet.hub.store import HubStore
from sync.chain import Row, start
from sync.entry import Entry, Moment, encode
from sync.frame import encode_frame, make_frame
from sync.link import Heard
from sync.records import AgeBand, AssistanceRecorded, Channel, Nature, Outcome, Status
from sync.seal import StreamSeal, key_id
from sync.topics import UpTopic

_RECORDS = 200_000
_DEVICES = 16
_HEAP = 100


class Counter:
    """A publisher that counts."""

    def __init__(self) -> None:
        self.answers = 0
        self.bytes = 0

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Count."""
        del topic, retain
        self.answers += 1
        self.bytes += len(payload)
        return True


def main() -> None:
    """Run the bench."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _RECORDS
    opening_key = X25519PrivateKey.generate()
    keys = {f"kiosk-{number}": Ed25519PrivateKey.generate() for number in range(_DEVICES)}
    heard, rows = _frames(keys, opening_key, count)
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/hub.db"
        bare_s = _bare(Path(folder) / "bare.db", rows)
        store = HubStore.open(url)
        for device, key in keys.items():
            store.enrol(device, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        counter = Counter()
        hub = HubEnd(store, counter, Ed25519PrivateKey.generate())
        started_s = time.perf_counter()
        for first in range(0, len(heard), _HEAP):
            hub.handle_all(heard[first : first + _HEAP])
        ingest_s = time.perf_counter() - started_s
        started_s = time.perf_counter()
        opened = open_stored(store, {key_id(opening_key.public_key()): opening_key})
        open_s = time.perf_counter() - started_s
        store.close()
    if opened != count:
        raise SystemExit(f"{opened} records came out of {count}")
    figures = {
        "records": count,
        "frames": len(heard),
        "answers": counter.answers,
        "answer_bytes_a_record": round(counter.bytes / count, 2),
        "ingest_records_s": round(count / ingest_s),
        "open_records_s": round(count / open_s),
        "bare_executemany_records_s": round(len(rows) / bare_s),
        "ingest_to_bare": round(bare_s / ingest_s, 3),
        "open_to_bare": round(bare_s / open_s, 3),
    }
    print(json.dumps(figures))


def _frames(
    keys: dict[str, Ed25519PrivateKey], opening_key: X25519PrivateKey, count: int
) -> tuple[list[Heard], list[tuple[int, Row]]]:
    """Return what the devices send, mixed as a broker would, and all of its rows."""
    chance = random.Random(1)
    queues: list[list[Heard]] = []
    rows: list[tuple[int, Row]] = []
    for number, (device, key) in enumerate(keys.items()):
        stream = os.urandom(16)
        seal = StreamSeal(device, stream, os.urandom(32), "kiosk.ordinary", "b00t")
        sealed = [seal.opening(opening_key.public_key(), None)]
        share = range(count // _DEVICES + (number < count % _DEVICES))
        sealed += [seal.seal(2 + place, encode(_entry(place))) for place in share]
        rows += [(number, row) for row in sealed]
        queues.append([])
        tip, first = start(device, stream), 0
        while first < len(sealed):
            part = tuple(sealed[first : first + chance.randint(100, 400)])
            queues[-1].append(
                Heard(str(UpTopic(device)), encode_frame(make_frame(device, stream, tip.chain, part), key))
            )
            for row in part:
                tip = tip.after(row)
            first += len(part)
    order = [number for number, queue in enumerate(queues) for _ in queue]
    chance.shuffle(order)
    waiting = [iter(queue) for queue in queues]
    return [next(waiting[number]) for number in order], rows


def _entry(place: int) -> Entry:
    record = AssistanceRecorded(
        place=f"15{place % 500:03}",
        partners=("caf", "cnam") if place % 2 else ("ants",),
        theme="logement" if place % 3 else "titres",
        channel=Channel.BUS,
        nature=Nature.DIGITAL_HELP,
        outcome=Outcome.SOLVED,
        duration_band_min=30,
        age=AgeBand.FROM_60,
        status=Status.RETIRED,
        first_time=place % 5 == 0,
    )
    return Entry(Moment("b00t", place * 1_000_000_000, 1_795_000_000.0 + place, synchronised=True), record)


def _bare(path: Path, rows: list[tuple[int, Row]]) -> float:
    """Return the seconds in which SQLite takes the same bytes, as many rows a commit, with nothing else to do."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute(
        "CREATE TABLE rows (stream INTEGER, seq INTEGER, nonce INTEGER, sealed BLOB, PRIMARY KEY (stream, seq))"
    )
    values = [(number, row.seq, row.nonce, row.sealed) for number, row in rows]
    step = _HEAP * 250
    started_s = time.perf_counter()
    for first in range(0, len(values), step):
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", values[first : first + step])
        database.execute("COMMIT")
    taken_s = time.perf_counter() - started_s
    database.close()
    return taken_s


if __name__ == "__main__":
    main()

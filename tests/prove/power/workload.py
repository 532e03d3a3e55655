"""A day's work on the real outbox through the real writer, recorded together with each promise as it is given."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.chain import start
from sync.outbox import Outbox
from sync.records import (
    AgeBand,
    AgentCalled,
    AssistanceRecorded,
    Channel,
    Nature,
    Outcome,
    ReceiptContent,
    ReceiptRequested,
    Status,
)
from sync.writer import RecordWriter
from tests.prove.power.recording import DirectorySynced, Recorder

DEVICE = "kiosk-1"
HUB_KEY = X25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
PLENTY = 100_000_000


@dataclass(frozen=True, slots=True)
class Offered:
    """A commit began: these rows, all of them or none."""

    batches: tuple


@dataclass(frozen=True, slots=True)
class Kept:
    """That commit was acknowledged."""

    batches: tuple


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Rows up to these numbers may be gone from now on: the hub has confirmed them."""

    through: dict


class NotedOutbox(Outbox):
    """The outbox, which notes what it is offered and what it has acknowledged."""

    log: list

    def append(self, batches, limit_bytes):
        noted = tuple((batch.stream, tuple(batch.rows)) for batch in batches)
        self.log.append(Offered(noted))
        super().append(batches, limit_bytes)
        self.log.append(Kept(noted))


def record(folder, mode, seed, transactions):
    """Work in `folder` and return the log: what was asked of the disk, and what was promised in between."""
    recorder = Recorder(mode)
    rng = random.Random(seed)  # noqa: S311  (repeatable work)
    path = folder / "outbox.db"

    def open_outbox():
        box = NotedOutbox.open(path, DEVICE, connect=recorder.connect)
        recorder.log.append(DirectorySynced())
        box.log = recorder.log
        return box

    sync = open_outbox()
    left = transactions
    while left > 0:
        life = min(left, rng.randint(20, 60))  # then the process begins anew, and with it each lane's stream
        writer = RecordWriter(open_outbox, DEVICE, HUB_KEY, PLENTY, folder / "wake.sock")
        for _ in range(life):
            work(writer, sync, recorder.log, rng)
        writer.close()
        left -= life
    sync.close()
    recorder.close()
    return recorder.log


def work(writer, sync, log, rng):
    """Queue records of both urgencies; now and then take the hub's word, forget, or go back with a restored hub."""
    records = [AgentCalled() if rng.random() < 0.25 else some(rng) for _ in range(rng.choice([1, 1, 1, 2, 5]))]
    with writer._turn:
        futures = [writer.put(record) for record in records]
        while writer._jobs:
            writer._commit()
    for future in futures:
        future.result(timeout=10)
    if rng.random() < 0.2:
        reached = {each.stream: rng.randint(each.stored.seq, each.last.seq) for each in sync.unsent_streams()}
        sync.settle(max(1, sync.epoch()), {stream: sync.tip_before(stream, seq + 1) for stream, seq in reached.items()})
    if rng.random() < 0.05:
        back = [each for each in sync.streams() if each.kept_from <= each.stored.seq]
        tips = {each.stream: sync.tip_before(each.stream, each.kept_from + 1) for each in back}
        sync.settle(sync.epoch() + 1, tips)
    if rng.random() < 0.08:
        log.append(Forgetting({stream.stream: stream.stored.seq for stream in sync.streams()}))
        sync.forget_stored(0)


def some(rng):
    """Return a record: short, or as long as two pages of the file."""
    if rng.random() < 2 / 3:
        return ReceiptRequested("F" + "".join(rng.choices("0123456789", k=5)), ReceiptContent.SHEET)
    partners = tuple("".join(rng.choices(string.ascii_letters, k=20)) for _ in range(80))
    who = (Nature.PAPERS, Outcome.SOLVED, 30, AgeBand.UNKNOWN, Status.UNKNOWN, True)
    return AssistanceRecorded("FS-01326", partners, "logement", Channel.ON_SITE, *who)


def chains(log):
    """Return the chain up to every row ever offered, by stream; see that no number or nonce comes twice."""
    tips, rows = {}, {}
    for event in log:
        if isinstance(event, Offered):
            for stream, offered in event.batches:
                reached = tips.setdefault(stream, [start(DEVICE, stream)])
                for row in offered:
                    assert row.seq == len(reached), "a number given twice"
                    reached.append(reached[-1].after(row))
                    assert rows.setdefault((stream, row.nonce), row) is row, "a nonce used twice"
    return tips

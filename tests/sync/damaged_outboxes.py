"""Outboxes as weeks leave them, damage as cards do it, and what a salvage of the two came to."""

from __future__ import annotations

import random

from sync.chain import Row, start
from sync.outbox import Batch, Outbox, OutboxError, OutboxFault
from sync.outbox.file import PAGE_BYTES
from sync.outbox.salvage import open_mended

DEVICE = "kiosk-1"
LANES = ("kiosk.urgent", "kiosk.ordinary")
PLENTY = 100_000_000
TRIES = 3


class Weeks:
    """An outbox that two lanes write to, that the hub confirms, forgets, and comes back to with less."""

    def __init__(self, path, rng):
        self.box, self.rng = Outbox.open(path, DEVICE), rng
        self.rows, self.tips, self.writing, self.epoch = {}, {}, {}, 1
        for lane in LANES:
            self.restart(lane)
        for _ in range(rng.randint(5, 40)):
            rng.choices([self.queue, self.restart, self.confirm, self.forget, self.restore], [12, 2, 3, 2, 1])[0]()

    def restart(self, lane=None):
        stream = self.rng.randbytes(16)
        self.writing[lane or self.rng.choice(LANES)] = stream
        self.rows[stream], self.tips[stream] = {}, [start(DEVICE, stream)]

    def queue(self):
        batches = []
        for lane in self.rng.sample(LANES, self.rng.randint(1, 2)):
            stream, first = self.writing[lane], len(self.tips[self.writing[lane]])
            count, size = self.rng.randint(1, 6), self.rng.choice([48, 48, 64, 150, 1_500])
            batches.append(
                Batch(stream, lane, [Row(n, n, self.rng.randbytes(size)) for n in range(first, first + count)])
            )
        self.box.append(batches, PLENTY)
        for batch in batches:
            self.rows[batch.stream] |= {row.seq: row for row in batch.rows}
            for row in batch.rows:
                self.tips[batch.stream].append(self.tips[batch.stream][-1].after(row))

    def confirm(self):
        whole = [each for each in self.box.streams() if not each.damaged and self.rng.random() < 0.5]
        reached = {each.stream: self.rng.randint(each.stored.seq, each.last.seq) for each in whole}
        self.box.settle(self.epoch, {stream: self.tips[stream][seq] for stream, seq in reached.items()})

    def forget(self):
        self.box.forget_stored(0)

    def restore(self):
        self.epoch += 1
        some = [each for each in self.box.streams() if self.rng.random() < 0.5]
        reached = {each.stream: self.rng.randint(0, each.stored.seq) for each in some}
        self.box.settle(self.epoch, {stream: self.tips[stream][seq] for stream, seq in reached.items()})

    def owed(self):
        """Return, per stream, the numbers that are neither with the hub nor named as lost."""
        lost = lost_numbers(self.box)
        return {
            each.stream: set(range(each.stored.seq + 1, each.last.seq + 1)) - lost.get(each.stream, set())
            for each in self.box.streams()
        }


def lost_numbers(box):
    return {
        stream: {seq for first, last in ranges for seq in range(first, last + 1)}
        for stream, ranges in box.lost().items()
    }


def kept(box, stream):
    found, seq = {}, 1
    while some := box.rows(stream, seq, 1_000):
        found |= {row.seq: row for row in some}
        seq = some[-1].seq + 1
    return found


def damage(data, kind, rng):
    """Return the file's bytes as a card may give them back."""
    data, pages = bytearray(data), len(data) // PAGE_BYTES
    page = rng.randrange(pages)
    at = page * PAGE_BYTES
    match kind:
        case "zeros" | "ones":
            data[at : at + PAGE_BYTES] = (b"\0" if kind == "zeros" else b"\xff") * PAGE_BYTES
        case "a bit":
            data[at + rng.randrange(PAGE_BYTES)] ^= 1 << rng.randrange(8)
        case "bits":
            for _ in range(30):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case "a block":
            end = min(pages, page + rng.randint(2, 6)) * PAGE_BYTES
            data[at:end] = bytes(end - at)
        case "cut short":
            del data[max(PAGE_BYTES, at) :]
        case "swapped":
            other = rng.randrange(pages) * PAGE_BYTES
            page_bytes = data[at : at + PAGE_BYTES]
            data[at : at + PAGE_BYTES] = data[other : other + PAGE_BYTES]
            data[other : other + PAGE_BYTES] = page_bytes
    return bytes(data)


KINDS = ("zeros", "ones", "a bit", "bits", "a block", "cut short", "swapped")
# Where the beginning of a file and its end are gone, or bits all over it, nothing may be left that names a stream.
MAY_TAKE_A_STREAM = ("bits", "cut short")


def salvage(path, seed):
    """Damage an outbox, open it as services do, each try a new start; return the harm that was done, or None."""
    rng = random.Random(seed)  # noqa: S311  (repeatable damage)
    weeks = Weeks(path, rng)
    owed = weeks.owed()
    weeks.box.close()
    kind = rng.choice(KINDS)
    path.write_bytes(damage(path.read_bytes(), kind, rng))
    for _ in range(TRIES):
        try:
            box = open_mended(path, DEVICE)
        except OutboxError as error:
            if error.fault is OutboxFault.NOT_AN_OUTBOX:
                return None  # its first page says so; a person must look
            continue
        try:
            return _harm(box, weeks.rows, owed, kind)
        except OutboxError:
            continue
        finally:
            box.close()
    return f"{kind}: it cannot be opened"


def _harm(box, rows, owed, kind):
    everything = {each.stream: kept(box, each.stream) for each in box.streams()}  # the service reads it all, too
    lost = lost_numbers(box)
    for stream, seqs in owed.items():
        if stream not in everything:
            if seqs and kind not in MAY_TAKE_A_STREAM:
                return f"{kind}: a stream is gone without a name"
            continue
        here, gone = everything[stream], lost.get(stream, set())
        if any(rows[stream].get(seq) != row for seq, row in here.items()):
            return f"{kind}: a row is altered, or nobody's"
        if seqs - set(here) - gone:
            return f"{kind}: rows are gone without a name"
        if set(here) & gone:
            return f"{kind}: rows that are here are called lost"
    return None

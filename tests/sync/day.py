"""An outbox as a day leaves it, and how services live with it after damage."""

from __future__ import annotations

import os

from sync.chain import Row, start
from sync.outbox import Batch, Outbox, OutboxError, OutboxFault
from sync.outbox.salvage import open_mended
from sync.seal import Predecessor
from tests.sync.hub_word import told

DONE, ORDINARY, URGENT = (bytes([n]) * 16 for n in (1, 2, 3))
PLENTY = 100_000_000


def rows(first, last):
    return [Row(seq, seq - 1, (f"{seq} " * 40).encode()) for seq in range(first, last + 1)]


def tip(stream, last):
    reached = start("kiosk-1", stream)
    for row in rows(1, last):
        reached = reached.after(row)
    return reached


# What waits: stream, first waiting, last.
WAITING = {DONE: (41, 40), ORDINARY: (21, 60), URGENT: (1, 12)}


def fill(path):
    """Write an outbox as a day leaves it: one stream confirmed whole, one in part, one not at all."""
    box = Outbox.open(path, "kiosk-1")
    box.append([Batch(DONE, "kiosk.ordinary", rows(1, 40))], PLENTY)
    told(box, DONE, tip(DONE, 40))
    box.append([Batch(ORDINARY, "kiosk.ordinary", rows(1, 30)), Batch(URGENT, "kiosk.urgent", rows(1, 12))], PLENTY)
    for seq in range(31, 61):
        box.append([Batch(ORDINARY, "kiosk.ordinary", rows(seq, seq))], PLENTY)
    told(box, ORDINARY, tip(ORDINARY, 20))
    box.settle(7, {DONE: tip(DONE, 40), ORDINARY: tip(ORDINARY, 20)})
    return box


def look(box):
    """Return all that waits, read as the sync service reads it."""
    waiting = {}
    for stream in box.unsent_streams():
        first = stream.stored.seq + 1
        while found := box.rows(stream.stream, first, 100):
            waiting.setdefault(stream.stream, []).extend(found)
            first = found[-1].seq + 1
    return waiting


def next_stream(lane, stream):
    """Begin a stream as its writer does, which knows how far the one before reached."""
    last = WAITING[stream][1]
    return Batch(os.urandom(16), lane, rows(1, 2), Predecessor(stream, last, tip(stream, last).chain))


def live_with(path, *, tries=3, fault=OutboxFault.DAMAGED):
    """Open, read and write as the services do, each try a new start; return the outbox and what waits."""
    for _ in range(tries):
        try:
            box = open_mended(path, "kiosk-1")
        except OutboxError as error:
            assert error.fault is fault  # noqa: PT017  (anything else is no way on)
            continue
        try:
            waiting = look(box)
            box.append([next_stream("kiosk.ordinary", ORDINARY), next_stream("kiosk.urgent", URGENT)], PLENTY)
            return box, waiting  # noqa: TRY300
        except OutboxError as error:
            assert error.fault is fault  # noqa: PT017  (anything else is no way on)
            box.close()
    raise AssertionError("the outbox cannot go on")


def check_nothing_vanished(box, waiting):
    """See that each row which waited is there unchanged, or counted as lost."""
    lost = box.lost()
    for stream, (first, last) in WAITING.items():
        here = {row.seq: row for row in waiting.get(stream, ())}
        gone = {seq for low, high in lost.get(stream, ()) for seq in range(low, high + 1)}
        expected = {row.seq: row for row in rows(first, last)}
        assert {seq: row for seq, row in here.items() if seq in expected} == {
            seq: row for seq, row in expected.items() if seq not in gone
        }


def check_nothing_changed(box, waiting):
    """See that each row which waited is there once and as it was, and that the outbox goes on in every way."""
    before = {stream: rows(first, last) for stream, (first, last) in WAITING.items() if first <= last}
    assert waiting == before
    after = look(box)
    assert [found for stream, found in after.items() if stream not in before] == [rows(1, 2), rows(1, 2)]
    assert {stream: found for stream, found in after.items() if stream in before} == before
    assert (box.lost(), box.epoch()) == ({}, 7)
    box.settle(8, {ORDINARY: tip(ORDINARY, 60)})
    box.forget_stored(0)
    assert ORDINARY not in look(box)


def overwrite(path, offset, data):
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)

"""From one version of the outbox to the next, on a file which an older version wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sync.chain import Row, Tip, start
from sync.outbox import Confirmation, Outbox, OutboxError, OutboxFault
from tests.sync.hub_word import told

FORGOTTEN, HALF_STORED, FORKED = (bytes([n]) * 16 for n in (1, 2, 3))
DATA = Path(__file__).parent / "data"


@pytest.fixture(params=[1, 2])
def version(request):
    return request.param


@pytest.fixture
def path(tmp_path, version):
    """A file of an older version."""
    old = tmp_path / "outbox.db"
    db = sqlite3.connect(old)
    db.executescript((DATA / f"outbox-{version}.sql").read_text(encoding="ascii"))
    db.close()
    return old


@pytest.fixture
def outbox(path):
    box = Outbox.open(path, "kiosk-1")
    yield box
    box.close()


def tip(stream, last):
    reached = start("kiosk-1", stream)
    for seq in range(1, last + 1):
        reached = reached.after(Row(seq, seq - 1, f"sealed {seq}".encode()))
    return reached


def test_every_row_of_the_old_file_is_there(outbox):
    assert [row.seq for row in outbox.rows(HALF_STORED, 1, 10)] == [1, 2, 3, 4, 5, 6]
    assert [row.sealed for row in outbox.rows(FORKED, 1, 10)] == [b"sealed 1", b"sealed 2"]


def test_what_the_hub_had_confirmed_stays_confirmed(outbox):
    found = {stream.stream: (stream.stored.seq, stream.last, stream.forked) for stream in outbox.streams()}
    assert found == {
        FORGOTTEN: (4, tip(FORGOTTEN, 4), False),
        HALF_STORED: (3, tip(HALF_STORED, 6), False),
        FORKED: (0, tip(FORKED, 2), True),
    }


def test_the_hubs_word_is_taken_along_the_old_chain(outbox):
    assert told(outbox, HALF_STORED, Tip(5, bytes(32)), epoch=2) is Confirmation.FORKED
    assert told(outbox, HALF_STORED, tip(HALF_STORED, 1), epoch=3) is Confirmation.BEHIND
    assert told(outbox, FORGOTTEN, tip(FORGOTTEN, 1), epoch=3) is Confirmation.LOST


def test_the_next_stream_follows_the_last_of_the_old_file(outbox):
    assert outbox.last_of("kiosk.ordinary").stream == FORKED


def test_an_old_file_is_brought_up_once(path, outbox):
    again = Outbox.open(path, "kiosk-1")
    assert again.streams() == outbox.streams()
    again.close()


NEVER_WRITTEN = {
    1: "DELETE FROM rows WHERE stream_id=2 AND seq=5",
    2: "UPDATE streams SET stored_seq=5 WHERE number=2",
}


def test_a_step_that_fails_leaves_the_old_file_as_it_was(path, version):
    with sqlite3.connect(path) as db:
        db.execute(NEVER_WRITTEN[version])
    before = list(db.iterdump())
    db.close()
    with pytest.raises(OutboxError) as refused:
        Outbox.open(path, "kiosk-1")
    assert refused.value.fault is OutboxFault.DAMAGED
    db = sqlite3.connect(path)
    assert list(db.iterdump()) == before
    assert db.execute("PRAGMA user_version").fetchone() == (version,)
    db.close()


def test_the_hub_is_asked_once_more_about_all_that_it_had_confirmed(outbox):
    outbox.settle(max(1, outbox.epoch()), {})
    assert outbox.has_unasked()
    assert {HALF_STORED, FORGOTTEN} <= {stream.stream for stream in outbox.streams_to_name(9)}

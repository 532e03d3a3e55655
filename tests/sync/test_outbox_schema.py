"""From one version of the outbox to the next, on a file which an older version wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from sync.chain import Row, Tip, start
from sync.outbox import Confirmation, Outbox, OutboxError, OutboxFault
from sync.outbox.file import PAGE_BYTES
from sync.outbox.salvage import open_mended
from tests.sync.hub_word import told

FORGOTTEN, HALF_STORED, FORKED = (bytes([n]) * 16 for n in (1, 2, 3))
DATA = Path(__file__).parent / "data"


@pytest.fixture(params=[1, 2])
def version(request):
    return request.param


def file_of(version, tmp_path):
    path = tmp_path / "outbox.db"
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA page_size={PAGE_BYTES}")
    db.executescript((DATA / f"outbox-{version}.sql").read_text(encoding="ascii"))
    db.close()
    return path


@pytest.fixture
def path(tmp_path, version):
    """A file of an older version."""
    return file_of(version, tmp_path)


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


def test_a_file_of_this_version_is_opened_as_it_is(tmp_path):
    """Whoever changes a word of a table's definition changes the version: each device would set its outbox aside."""
    box = open_mended(file_of(3, tmp_path), "kiosk-1")
    assert (box.generation, [row.seq for row in box.rows(HALF_STORED, 1, 10)]) == (1, [1, 2, 3, 4, 5, 6])
    box.close()


def test_what_an_older_file_says_wrongly_of_its_tables_leads_to_a_salvage(tmp_path):
    path = file_of(2, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"sealed BLOB NOT NULL,", b"sealed BLOC NOT NULL,"))
    box = open_mended(path, "kiosk-1")
    assert box.generation == 2
    assert [row.seq for row in box.rows(HALF_STORED, 1, 10)] == [1, 2, 3, 4, 5, 6]
    box.close()

"""The outbox on real SQLite."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest

from sync.chain import Row, Tip, start
from sync.outbox import Batch, Confirmation, Outbox, OutboxError, OutboxFault
from tests.sync.hub_word import told

STREAM = bytes(range(16))
PLENTY = 10_000_000


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path):
    box = Outbox.open(path, "kiosk-1")
    yield box
    box.close()


def rows(first, last):
    return [Row(seq, seq - 1, f"sealed {seq}".encode()) for seq in range(first, last + 1)]


def append(outbox, new, limit_bytes=PLENTY):
    outbox.append([Batch(STREAM, "kiosk.ordinary", new)], limit_bytes)


def tip(last):
    reached = start("kiosk-1", STREAM)
    for row in rows(1, last):
        reached = reached.after(row)
    return reached


def test_rows_come_back_in_order_after_the_file_was_closed(path, outbox):
    append(outbox, rows(1, 3))
    outbox.close()
    again = Outbox.open(path, "kiosk-1")
    assert again.rows(STREAM, 2, 10) == tuple(rows(2, 3))
    again.close()


def test_a_gap_in_the_numbers_is_refused_and_nothing_is_kept(outbox):
    append(outbox, rows(1, 2))
    with pytest.raises(ValueError, match="does not follow"):
        append(outbox, [*rows(3, 3), *rows(5, 5)])
    assert outbox.streams()[0].last.seq == 2


def test_no_row_asked_for_is_no_damage(outbox):
    append(outbox, rows(1, 3))
    assert outbox.rows(STREAM, 3, 0) == ()
    append(outbox, rows(4, 4))  # as a reader sees it which takes rows 1 to 3 for all there are
    assert outbox.rows(STREAM, 4, 0) == ()


def test_the_hubs_word_about_our_own_chain_is_taken(outbox):
    append(outbox, rows(1, 5))
    assert told(outbox, STREAM, tip(3)) is Confirmation.CONFIRMED
    assert (outbox.summary().waiting, outbox.summary().confirmed) == (2, 2)


def test_the_hubs_word_about_another_chain_loses_nothing(outbox):
    append(outbox, rows(1, 5))
    assert told(outbox, STREAM, Tip(3, bytes(32))) is Confirmation.FORKED
    assert outbox.summary().waiting == 4


def test_a_word_about_more_than_we_have_is_a_fork(outbox):
    append(outbox, rows(1, 5))
    assert told(outbox, STREAM, tip(6)) is Confirmation.FORKED


def test_an_older_word_changes_nothing(outbox):
    append(outbox, rows(1, 5))
    told(outbox, STREAM, tip(4))
    assert told(outbox, STREAM, tip(2)) is Confirmation.KNOWN
    assert outbox.streams()[0].stored == tip(4)


def test_only_confirmed_rows_are_forgotten(outbox):
    append(outbox, rows(1, 5))
    told(outbox, STREAM, tip(3))
    outbox.forget_stored(0)
    assert outbox.rows(STREAM, 1, 10) == tuple(rows(4, 5))


def test_a_chain_goes_on_where_forgotten_rows_ended(outbox):
    append(outbox, rows(1, 5))
    told(outbox, STREAM, tip(3))
    outbox.forget_stored(0)
    assert told(outbox, STREAM, tip(5)) is Confirmation.CONFIRMED


def test_a_full_outbox_refuses_and_keeps_what_it_has(outbox):
    append(outbox, rows(1, 5))
    with pytest.raises(OutboxError) as refused:
        append(outbox, rows(6, 6), 1)
    assert refused.value.fault is OutboxFault.FULL
    assert outbox.summary().waiting == 4


def test_a_full_outbox_makes_room_of_confirmed_rows_first(outbox):
    big = [Row(seq, seq, bytes(4_000)) for seq in range(1, 101)]
    append(outbox, big)
    reached = start("kiosk-1", STREAM)
    for row in big:
        reached = reached.after(row)
    told(outbox, STREAM, reached)
    append(outbox, [Row(101, 101, b"new")], 100_000)
    assert outbox.rows(STREAM, 1, 200) == (Row(101, 101, b"new"),)


def test_an_outbox_of_a_later_version_is_refused_untouched(path, outbox):
    outbox.close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(OutboxError) as refused:
        Outbox.open(path, "kiosk-1")
    assert refused.value.fault is OutboxFault.OTHER_VERSION


def test_a_database_of_another_kind_is_refused_untouched(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE sheets(id TEXT)")
        db.execute("PRAGMA user_version=1")
    db.close()
    with pytest.raises(OutboxError) as refused:
        Outbox.open(path, "kiosk-1")
    assert refused.value.fault is OutboxFault.NOT_AN_OUTBOX


def test_a_hub_that_came_back_with_less_is_owed_the_rest(outbox):
    append(outbox, rows(1, 5))
    told(outbox, STREAM, tip(4))
    assert told(outbox, STREAM, tip(2), epoch=2) is Confirmation.BEHIND
    assert outbox.summary().waiting == 3
    assert told(outbox, STREAM, tip(5), epoch=2) is Confirmation.CONFIRMED


def test_rows_that_were_forgotten_cannot_be_owed_again(outbox):
    append(outbox, rows(1, 5))
    told(outbox, STREAM, tip(4))
    outbox.forget_stored(0)
    assert told(outbox, STREAM, tip(2), epoch=2) is Confirmation.LOST
    assert (outbox.streams()[0].stored, outbox.lost()) == (tip(2), {STREAM: ((3, 4),)})
    assert told(outbox, STREAM, tip(2).over(4), epoch=2) is Confirmation.CONFIRMED
    assert (outbox.lost(), [row.seq for row in outbox.rows(STREAM, 1, 9)]) == ({}, [5])


def test_an_open_stream_whose_last_row_was_forgotten_goes_on_where_it_was(outbox):
    append(outbox, rows(1, 5))
    told(outbox, STREAM, tip(5))
    outbox.forget_stored(0)
    told(outbox, STREAM, tip(2), epoch=2)
    with pytest.raises(ValueError, match="does not follow"):
        append(outbox, rows(3, 3))
    append(outbox, rows(6, 6))
    assert outbox.lost() == {STREAM: ((3, 5),)}


def test_a_file_that_is_no_database_counts_as_damaged(path):
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 40)
    with pytest.raises(OutboxError) as refused:
        Outbox.open(path, "kiosk-1")
    assert refused.value.fault is OutboxFault.DAMAGED


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutboxError, match="cannot open the outbox"):
        Outbox.open(tmp_path / "file" / "outbox.db", "kiosk-1")


WRITER = """
import sys
from pathlib import Path
from sync.chain import Row
from sync.outbox import Batch, Outbox
box = Outbox.open(Path(sys.argv[1]), "kiosk-1")
for seq in range(1, 10_000):
    box.append([Batch(bytes(range(16)), "kiosk.ordinary", [Row(seq, seq - 1, f"sealed {seq}".encode())])], 10_000_000)
    print(seq, flush=True)
"""


def test_what_was_acknowledged_before_a_kill_is_there_after_it(path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE)
    acknowledged = [int(writer.stdout.readline()) for _ in range(50)][-1]
    writer.kill()
    rest = writer.stdout.read().split()
    writer.wait()
    writer.stdout.close()
    acknowledged = int(rest[-1]) if rest else acknowledged
    box = Outbox.open(path, "kiosk-1")
    assert box.streams()[0].last.seq >= acknowledged
    assert box.streams()[0].last == tip(box.streams()[0].last.seq)
    box.close()


def test_a_file_that_another_process_holds_is_busy_and_not_at_fault(path):
    outbox = Outbox.open(
        path, "kiosk-1", connect=lambda file, **rest: sqlite3.connect(file, **{**rest, "timeout": 0.05})
    )
    append(outbox, rows(1, 1))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(OutboxError) as refused:
        append(outbox, rows(2, 2))
    holder.close()
    assert refused.value.fault is OutboxFault.BUSY
    assert not path.with_suffix(".faults").exists()
    append(outbox, rows(2, 2))
    outbox.close()


def test_a_row_that_was_forgotten_meanwhile_is_no_damage(outbox):
    append(outbox, rows(1, 5))
    told(outbox, STREAM, outbox.stream(STREAM).last)
    outbox.forget_stored(0)
    append(outbox, rows(6, 6))
    assert outbox.tip_before(STREAM, 3) is None
    assert outbox.tip_before(STREAM, 6).seq == 5

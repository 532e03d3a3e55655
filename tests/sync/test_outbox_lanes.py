"""Several streams in one outbox: lanes, gaps, what is told to the hub, and what is forgotten for good."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from sync.chain import Row, start
from sync.outbox import Batch, Confirmation, Level, Outbox, OutboxError, OutboxFault
from sync.outbox.tables import delete_rows, note_lost, save_stream, stream_named
from sync.seal import Predecessor
from tests.sync.hub_word import told

A, B, C = (bytes([n]) * 16 for n in (1, 2, 3))
ORDINARY, URGENT = "kiosk.ordinary", "kiosk.urgent"
PLENTY = 100_000_000


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


def tip(stream, last):
    reached = start("kiosk-1", stream)
    for row in rows(1, last):
        reached = reached.after(row)
    return reached


def test_two_streams_are_kept_in_one_commit_or_not_at_all(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 2)), Batch(B, URGENT, rows(1, 1))], PLENTY)
    with pytest.raises(ValueError, match="does not follow"):
        outbox.append([Batch(A, ORDINARY, rows(3, 3)), Batch(B, URGENT, rows(3, 3))], PLENTY)
    assert {s.stream: s.last for s in outbox.unsent_streams()} == {A: tip(A, 2), B: tip(B, 1)}


def test_each_lane_knows_its_own_last_stream(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 2)), Batch(B, URGENT, rows(1, 1))], PLENTY)
    outbox.append([Batch(C, ORDINARY, rows(1, 3))], PLENTY)
    assert outbox.last_of(ORDINARY) == Predecessor(C, 3, tip(C, 3).chain)
    assert outbox.last_of(URGENT) == Predecessor(B, 1, tip(B, 1).chain)
    assert outbox.last_of("sync.ordinary") is None


def test_a_stream_ends_where_the_next_in_its_lane_begins(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 2)), Batch(B, URGENT, rows(1, 1))], PLENTY)
    outbox.append([Batch(C, ORDINARY, rows(1, 3))], PLENTY)
    assert {s.stream: s.open for s in outbox.streams()} == {A: False, B: True, C: True}


def test_rows_of_which_only_the_writer_knows_are_named_as_lost(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 2))], PLENTY)
    outbox.append([Batch(B, ORDINARY, rows(1, 1), Predecessor(A, 5, tip(A, 5).chain))], PLENTY)
    assert outbox.lost() == {A: ((3, 5),)}
    assert outbox.stream(A).damaged


def test_a_damaged_stream_is_confirmed_by_number(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 2))], PLENTY)
    outbox.append([Batch(B, ORDINARY, rows(1, 1), Predecessor(A, 5, tip(A, 5).chain))], PLENTY)
    assert told(outbox, A, tip(A, 2).over(5)) is Confirmation.CONFIRMED
    assert [s.stream for s in outbox.unsent_streams()] == [B]


def test_the_chain_before_any_waiting_row_is_known(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 9))], PLENTY)
    told(outbox, A, tip(A, 3))
    outbox.forget_stored(0)
    assert [outbox.tip_before(A, first) for first in (1, 4, 5, 10)] == [tip(A, last) for last in (0, 3, 4, 9)]


def test_the_chain_after_a_gap_is_the_hubs(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 2))], PLENTY)
    outbox.append([Batch(B, ORDINARY, rows(1, 1), Predecessor(A, 5, tip(A, 5).chain))], PLENTY)
    assert outbox.tip_before(A, 6) == tip(A, 2).over(5)


def test_a_changed_row_is_never_given_out(path, outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 9))], PLENTY)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE rows SET sealed=x'00' WHERE id=(SELECT min(id)+5 FROM rows)")
    db.close()
    with pytest.raises(OutboxError, match="row 5") as found:
        outbox.rows(A, 1, 9)
    assert found.value.fault is OutboxFault.DAMAGED


def test_a_row_that_is_gone_is_damage_not_silence(path, outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 9))], PLENTY)
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM rows WHERE id=(SELECT min(id)+5 FROM rows)")
    db.close()
    with pytest.raises(OutboxError) as found:
        outbox.rows(A, 1, 9)
    assert found.value.fault is OutboxFault.DAMAGED


def test_what_is_noted_of_a_stream_cannot_change_by_itself(path, outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 9))], PLENTY)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE streams SET stored_seq=9")
    db.close()
    with pytest.raises(OutboxError) as found:
        outbox.unsent_streams()
    assert found.value.fault is OutboxFault.DAMAGED


def test_a_hub_with_another_past_is_named_when_it_comes_back(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 9))], PLENTY)
    told(outbox, A, tip(A, 6))
    assert told(outbox, A, tip(B, 4), epoch=2) is Confirmation.FORKED


def test_the_level_warns_before_the_limit_and_at_it(outbox):
    outbox.append([Batch(A, ORDINARY, [Row(seq, seq, bytes(4_000)) for seq in range(1, 201)])], PLENTY)
    used = outbox.summary().used_bytes
    assert 800_000 < used < 1_000_000
    assert outbox.summary(used * 2).level is Level.PLENTY
    assert outbox.summary(used * 11 // 10).level is Level.LOW
    assert outbox.summary(used - 1).level is Level.FULL


def test_the_hubs_epoch_is_kept_and_its_word_of_an_earlier_one_is_nothing(path, outbox):
    assert outbox.epoch() == 0
    outbox.append([Batch(A, ORDINARY, rows(1, 9))], PLENTY)
    outbox.settle(3, {})
    outbox.close()
    again = Outbox.open(path, "kiosk-1")
    assert again.epoch() == 3
    assert again.settle(2, {A: tip(A, 6)}) is None
    assert again.stream(A).stored.seq == 0
    again.close()


def test_what_was_confirmed_in_an_earlier_epoch_is_asked_about_and_kept_until_the_hub_has_said_it_again(outbox):
    for stream in (A, B):
        outbox.append([Batch(stream, ORDINARY, rows(1, 9))], PLENTY)
        told(outbox, stream, tip(stream, 9))
    assert not outbox.has_unasked()
    told(outbox, B, tip(B, 9), epoch=2)
    assert outbox.has_unasked()
    outbox.forget_stored(0)
    assert [len(outbox.rows(stream, 1, 9)) for stream in (A, B)] == [9, 0]
    told(outbox, A, tip(A, 9), epoch=2)
    assert not outbox.has_unasked()
    outbox.forget_stored(0)
    assert outbox.rows(A, 1, 9) == ()


def test_losses_that_touch_are_one_and_those_the_hub_has_passed_are_told_no_more(outbox):
    outbox.append([Batch(A, ORDINARY, rows(1, 9))], PLENTY)
    for epoch, stored in enumerate((8, 6, 3), 2):
        told(outbox, A, tip(A, 9), epoch=epoch - 1)
        outbox.forget_stored(0)
        told(outbox, A, tip(A, stored), epoch=epoch)
        assert outbox.lost() == {A: ((stored + 1, 9),)}
    told(outbox, A, tip(A, 3).over(9), epoch=4)
    assert outbox.lost() == {}


@pytest.mark.parametrize(
    ("lost", "stored", "waiting", "confirmed"),
    [((1, 5), 0, 0, 0), ((1, 5), 5, 0, 0), ((2, 3), 1, 2, 0), ((2, 3), 5, 0, 2), ((2, 4), 3, 1, 0), ((4, 5), 3, 0, 2)],
)
def test_what_is_lost_neither_waits_nor_was_confirmed(outbox, lost, stored, waiting, confirmed):
    outbox.append([Batch(A, ORDINARY, rows(1, 5))], PLENTY)
    with outbox._file.transaction() as db:
        found = stream_named(db, A)
        delete_rows(db, found, *lost)
        note_lost(db, found.number, *lost)
        save_stream(db, replace(found, damaged=True, open=False))
    if stored:
        told(outbox, A, tip(A, stored))
    assert (outbox.summary().waiting, outbox.summary().confirmed) == (waiting, confirmed)


def test_finished_streams_are_dropped_but_still_counted(outbox):
    streams = [number.to_bytes(16, "big") for number in range(1, 701)]
    for stream in streams:
        outbox.append([Batch(stream, ORDINARY, rows(1, 2))], PLENTY)
        told(outbox, stream, tip(stream, 2))
    outbox.forget_stored(0)
    left = [stream.stream for stream in outbox.streams()]
    assert left == streams[200:]
    assert outbox.summary().confirmed == 700


def test_the_hub_is_asked_first_about_what_it_proved_last_then_about_what_it_lacks(outbox):
    for stream in (A, B, C):
        outbox.append([Batch(stream, ORDINARY, rows(1, 2))], PLENTY)
    for stream in (B, A):
        told(outbox, stream, tip(stream, 2))
    assert [stream.stream for stream in outbox.streams_to_name(9)] == [A, B, C]
    assert [stream.stream for stream in outbox.streams_to_name(2)] == [A, B]


def test_what_many_sticks_bring_late_does_not_crowd_out_what_the_hub_said_over_the_link_last(outbox):
    brought = [bytes([9, n]) * 8 for n in range(200)]
    for stream in (A, B, *brought):
        outbox.append([Batch(stream, ORDINARY, rows(1, 3))], PLENTY)
    told(outbox, A, tip(A, 2))
    told(outbox, B, tip(B, 2))
    outbox.settle(1, {A: tip(A, 3)}, by_stick=True)
    for stream in brought:
        outbox.settle(1, {stream: tip(stream, 2)}, by_stick=True)
    named = [stream.stream for stream in outbox.streams_to_name(40)]
    assert named[:5] == [B, A, brought[-1], brought[-2], brought[-3]]
    told(outbox, brought[7], tip(brought[7], 3))
    assert next(iter(outbox.streams_to_name(1))).stream == brought[7]


def steps(path, do):
    """Count the virtual machine's steps that `do` takes on the outbox at `path`."""
    counted = []

    def connect(*arguments, **options):
        db = sqlite3.connect(*arguments, **options)
        db.set_progress_handler(lambda: counted.append(1) and None, 1)
        return db

    box = Outbox.open(path, "kiosk-1", connect=connect)
    box.rows(A, 1, 1)  # reads the schema
    counted.clear()
    do(box)
    box.close()
    return len(counted)


@pytest.mark.parametrize(
    "do",
    [
        lambda box: box.unsent_streams(),
        lambda box: box.rows(A, 500, 100),
        lambda box: box.tip_before(A, 500),
        lambda box: told(box, A, tip(A, 150)),
        lambda box: box.summary(),
        lambda box: box.append([Batch(B, URGENT, rows(1, 1))], PLENTY),
    ],
    ids=["unsent", "rows", "tip_before", "confirm", "summary", "append"],
)
def test_work_does_not_grow_with_what_waits(tmp_path, do):
    counts = []
    for waiting in (1_000, 20_000):
        path = tmp_path / f"{waiting}.db"
        box = Outbox.open(path, "kiosk-1")
        box.append([Batch(A, ORDINARY, rows(1, waiting))], PLENTY)
        box.close()
        counts.append(steps(path, do))
    few, many = counts
    assert 0 < many <= few * 1.05

"""The pair of ends: random walks of `tests/sync/pair.py`, and walks that once ended in a loss."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings

from sync.budget import Budget
from sync.carrier import import_stored
from sync.chain import Row, start
from sync.delivery import DeviceEnd
from sync.frame import Birth, decode_birth
from sync.link import LinkUp
from sync.outbox import Batch, Outbox
from sync.outbox.tables import save_stream, stream_named
from sync.pace import Pace
from tests.sync.pair import DEVICE_KEY, IDENTITY, LANES, PLENTY, Pair

TestPair = Pair.TestCase
TestPair.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


@pytest.fixture
def pair():
    made = Pair()
    yield made
    made.close()


def lose_the_hubs_last_rows(pair, keep_bytes):
    """Store some rows, then let the hub come back from a copy that was made before the last ones."""
    pair.choose(keep_bytes)
    stream = pair.new_stream(LANES[1])
    pair.queue(stream, 2)
    pair.heal()
    pair.the_hub_is_backed_up()
    pair.queue(stream, 2)
    pair.heal()
    assert pair.stored(stream) == 5
    pair.the_hub_is_restored()
    pair.heal()
    return stream


def test_a_hub_restored_from_a_backup_is_sent_again_what_it_lost(pair):
    assert pair.stored(lose_the_hubs_last_rows(pair, keep_bytes=PLENTY)) == 5
    assert pair.device.outbox.epoch() > 1


def test_what_the_device_has_forgotten_of_a_restored_hubs_loss_is_named_and_the_rest_goes_on(pair):
    stream = lose_the_hubs_last_rows(pair, keep_bytes=0)
    pair.queue(stream, 3)
    pair.heal()
    assert (pair.stored(stream), pair.held(pair.device, stream)) == (8, {1, 2, 3, 6, 7, 8})
    assert pair.lost(pair.device, stream) == {4, 5}


def test_of_what_a_restored_hub_lost_the_device_sends_all_that_it_still_has(pair):
    pair.choose(PLENTY)
    stream = pair.new_stream(LANES[1])
    pair.queue(stream, 2)
    pair.heal()
    pair.the_hub_is_backed_up()
    pair.queue(stream, 2)
    pair.heal()
    pair.an_outbox_needs_its_room(0)
    pair.queue(stream, 2)
    pair.heal()
    pair.the_hub_is_restored()
    pair.heal()
    assert (pair.held(pair.device, stream), pair.lost(pair.device, stream)) == ({1, 2, 3, 6, 7}, {4, 5})


@pytest.mark.parametrize("said", [False, True], ids=["noticed by the device", "said by the operator"])
def test_a_restored_hub_that_first_answers_an_old_birth_gets_every_stream_back(pair, said):
    pair.choose(PLENTY)
    old, new = pair.new_stream(LANES[1]), None
    pair.heal()
    pair.the_hub_is_backed_up()
    retained = dict(pair.device.post.retained)
    new = pair.new_stream(LANES[1])
    pair.queue(new, 4)
    pair.heal()
    assert pair.stored(new) == 5
    pair.device.post.retained = retained
    pair.the_hub_is_restored(said=said)
    while pair.to_device.letters:
        pair.deliver(pair.to_device.letters.pop(0))
    pair.heal()
    assert (pair.stored(old), pair.stored(new)) == (1, 5)


def test_a_device_that_goes_on_sending_does_not_hide_from_a_restored_hub_what_it_lost(pair):
    pair.choose(PLENTY)
    first = pair.new_stream(LANES[1])
    pair.queue(first, 2)
    pair.heal()
    pair.the_hub_is_backed_up()
    pair.queue(first, 2)
    pair.heal()
    pair.device.post.retained.clear()
    pair.the_hub_is_restored()
    second = pair.new_stream(LANES[1])
    pair.hubs[0].handle(pair.device.post.letters.pop(0))
    while pair.to_device.letters:
        pair.deliver(pair.to_device.letters.pop(0))
    pair.heal()
    assert (pair.stored(first), pair.stored(second)) == (5, 1)


def test_a_row_that_was_destroyed_after_the_hub_had_it_holds_up_nothing(pair):
    stream = pair.new_stream(LANES[1])
    pair.link_comes()
    for _ in range(2):
        pair.hubs[0].handle(pair.device.post.letters.pop(0))
        pair.deliver(pair.to_device.letters.pop(0))
        pair.queue(stream, 30)
    pair.hubs[0].handle(pair.device.post.letters.pop(0))
    pair.a_page_is_damaged(stream, 0.0, 1)
    while pair.to_device.letters:
        pair.deliver(pair.to_device.letters.pop(0))
    pair.queue(stream, 1)
    pair.heal()
    assert (pair.stored(stream), pair.lost(pair.device, stream)) == (62, set())


def test_a_stick_taken_in_by_another_process_may_take_back_what_the_service_holds_for_stored(pair):
    pair.choose(PLENTY)
    stream = pair.new_stream(LANES[1])
    pair.heal()
    pair.the_hub_is_backed_up()
    pair.queue(stream, 10)
    pair.heal()
    pair.link_goes()
    pair.queue(stream, 5)
    pair.a_stick_leaves(0)
    pair.the_hub_is_restored()
    pair.to_device.letters.clear()
    pair.the_stick_is_read()
    beside = Outbox.open(pair.folder / "kiosk-1.db", "kiosk-1")
    import_stored(pair.device.identity, beside, pair.folder / "stick")
    beside.close()
    pair.heal()
    assert pair.stored(stream) == 16


def test_a_damaged_device_that_knows_less_of_a_stream_than_the_hub_is_heard_all_the_same(pair):
    stream = pair.new_stream(LANES[1])
    pair.queue(stream, 20)
    pair.heal()
    with pair.device.outbox._file.transaction() as db:
        found = stream_named(db, stream)
        begin = start("kiosk-1", stream)
        save_stream(db, replace(found, last=begin, stored=begin, kept_from=1, open=False, damaged=True))
    pair.device.outbox._written.clear()
    pair.heal()
    second = pair.new_stream(LANES[1])
    pair.heal()
    pair.link_goes()
    pair.heal()
    said = [decode_birth(each, "kiosk-1", DEVICE_KEY.public_key()) for each in pair.device.post.retained.values()]
    assert all(isinstance(each, Birth) for each in said)
    assert (pair.device.outbox.stream(stream).last.seq, pair.stored(second)) == (21, 1)


def test_what_a_stick_tells_a_damaged_device_of_rows_that_it_lacks_is_no_new_damage(pair):
    pair.choose(0)
    pair.the_hub_is_backed_up()
    stream = pair.new_stream(LANES[1], 1)
    pair.a_stick_leaves(1)
    pair.all_goes_well_for_a_while(8)
    pair.a_card_loses_pages(who=1, kind="a block", seed=104)
    assert pair.devices[1].outbox.stream(stream).last.seq == 0
    pair.the_stick_is_read()
    pair.the_stick_comes_back(1)
    assert pair.devices[1].kept() == {stream: set()}
    pair.the_hub_is_restored()
    pair.heal()
    assert pair.lost(pair.devices[1], stream) == {1}


def test_a_stream_of_which_only_the_loss_is_left_outlives_the_next_damage(pair):
    pair.choose(0)
    pair.the_hub_is_backed_up()
    stream = pair.new_stream(LANES[1])
    pair.all_goes_well_for_a_while(6)
    pair.the_hub_is_restored(said=True)
    pair.all_goes_well_for_a_while(1)
    pair.a_card_loses_pages(who=0, kind="a bit", seed=337)
    pair.heal()
    assert pair.lost(pair.device, stream) == {1}


def test_after_the_note_of_what_was_delivered_is_lost_records_go_on_in_another_stream(pair):
    pair.choose(0)
    first = pair.new_stream(LANES[1])
    pair.heal()
    pair.a_card_loses_pages(who=0, kind="zeros", seed=14)
    assert pair.device.outbox.stream(first).last.seq == 0
    pair.queue(first, 1)
    second = pair.new_stream(LANES[1])
    pair.heal()
    assert (pair.stored(first), pair.stored(second)) == (1, 1)


def test_a_stream_of_which_the_hub_has_yet_to_hear_is_not_dropped(pair, monkeypatch):
    monkeypatch.setattr("sync.outbox.room._FINISHED_STREAMS", 1)
    pair.choose(PLENTY)
    pair.the_hub_is_backed_up()
    lost = pair.new_stream(LANES[1])
    pair.queue(lost, 9)
    pair.heal()
    later = [pair.new_stream(LANES[1]) for _ in range(4)]
    pair.device.outbox.settle(1 << 40, {})
    pair.an_outbox_needs_its_room(0)
    assert {lost, *later} <= {each.stream for each in pair.device.outbox.streams()}


def test_more_streams_than_a_birth_names_are_all_asked_about_after_the_hub_was_restored(pair):
    pair.choose(PLENTY)
    pair.the_hub_is_backed_up()
    streams = [pair.new_stream(LANES[1]) for _ in range(550)]
    pair.heal()
    pair.the_hub_is_restored()
    pair.heal()
    assert all(pair.stored(stream) == 1 for stream in streams)


def test_an_answer_from_before_the_hub_was_restored_deletes_nothing(pair):
    pair.choose(PLENTY)
    stream = pair.new_stream(LANES[1])
    pair.the_hub_is_backed_up()
    pair.queue(stream, 2)
    pair.link_comes()
    pair.time_passes(2)
    while pair.device.post.letters:
        pair.hubs[0].handle(pair.device.post.letters.pop(0))
    old = list(pair.to_device.letters)
    pair.heal()
    pair.the_hub_is_restored()
    pair.heal()
    pair.queue(stream, 1)
    for letter in old:
        pair.device.end.handle(letter, pair.now_s)
    assert pair.device.outbox.stream(stream).stored.seq == 3
    pair.heal()
    assert pair.stored(stream) == 4


def test_a_card_cloned_in_the_middle_is_a_named_fork_and_loses_nothing(pair):
    stream = pair.new_stream(LANES[1])
    pair.queue(stream, 2)
    pair.heal()
    clone = Outbox.open(pair.folder / "clone.db", "kiosk-1")
    own = [Row(n, n, f"{stream.hex()} {n} ".encode() * 3) for n in (1, 2, 3)]
    clone.append([Batch(stream, LANES[1], [*own, Row(4, 99, b"the clone's own")])], PLENTY)
    pair.queue(stream, 2)
    pair.heal()
    other = DeviceEnd(IDENTITY, clone, pair.device.post, 0, Pace(), Budget())
    other.handle(LinkUp(), 0)
    while pair.device.post.letters:
        pair.hubs[0].handle(pair.device.post.letters.pop(0))
    while pair.to_device.letters:
        other.handle(pair.to_device.letters.pop(0), 2)
    assert pair.stored(stream) == 5
    assert clone.rows(stream, 4, 10) == (Row(4, 99, b"the clone's own"),)
    assert clone.stream(stream).forked
    clone.close()

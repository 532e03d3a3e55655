"""Rows that are missing, wanted, lost for good, and found again; and a hub that has forgotten."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import delete, select, update

from fleet.hub import opener
from fleet.hub.ingest import HubEnd
from fleet.hub.schema import forks, losses, rows, streams, unopened
from sync.chain import start
from sync.entry import Entry, Moment, encode
from sync.frame import MAX_SEQ, UNKNOWN_CHAIN, Birth, Reach, decode_stored, encode_birth, encode_frame, make_frame
from sync.link import Heard
from sync.records import ReceiptContent, ReceiptRequested
from sync.seal import StreamSeal, key_id
from tests.hub.test_ingest import Post, raw

DEVICE = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
OPENING = X25519PrivateKey.from_private_bytes(bytes([2]) * 32)
STREAM = bytes(16)
# An epoch is raised by one and up to as much by chance.
CHANCE = 1 << 24


def entry(seq):
    time = Moment("b00t", 1_000_000, 2.0, synchronised=True)
    return encode(Entry(time, ReceiptRequested(f"F{seq}", ReceiptContent.SHEET)))


@pytest.fixture(scope="module")
def sealed():
    """Rows 1 to 20 of one stream."""
    seal = StreamSeal("kiosk-1", STREAM, bytes(32), "kiosk.ordinary", "b00t")
    return [seal.opening(OPENING.public_key(), None), *(seal.seal(seq, entry(seq)) for seq in range(2, 21))]


@pytest.fixture
def store(store):
    store.enrol("kiosk-1", raw(DEVICE))
    return store


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def hub(store, post):
    return HubEnd(store, post, HUB)


@pytest.fixture
def send(hub, sealed):
    def send_rows(first, last, chain=None):
        before = start("kiosk-1", STREAM)
        for row in sealed[: first - 1]:
            before = before.after(row)
        frame = make_frame("kiosk-1", STREAM, chain or before.chain, tuple(sealed[first - 1 : last]))
        hub.handle(Heard("guichet/v1/kiosk-1/up", encode_frame(frame, DEVICE)))

    return send_rows


@pytest.fixture
def say(hub):
    def say_birth(stored_seq=0, **said):
        birth = Birth(2, "kiosk-1", online=True, reaches={STREAM: Reach(20, stored_seq)}, **said)
        hub.handle(Heard("guichet/v1/kiosk-1/state", encode_birth(birth, DEVICE)))

    return say_birth


def answer(post):
    return decode_stored(post.sent[-1][1], "kiosk-1", HUB.public_key())


def opened(store):
    opener.open_stored(store, {key_id(OPENING.public_key()): OPENING})
    return [int(record["sheet"][1:]) for record in opener.listing(store)]


def test_the_answer_wants_the_rows_before_those_that_came(send, post):
    send(1, 5)
    assert answer(post).want == {}
    send(9, 12)
    send(15, 20)
    assert answer(post).tips()[STREAM].seq == 5
    assert answer(post).want == {STREAM: ((6, 8), (13, 14))}
    send(6, 8)
    assert answer(post).tips()[STREAM].seq == 12
    assert answer(post).want == {STREAM: ((13, 14),)}


def test_rows_declared_lost_are_passed_and_not_wanted(send, say, post, store):
    send(1, 5)
    send(9, 12)
    say(lost={STREAM: ((6, 8), (13, 14))})
    assert answer(post).tips()[STREAM].seq == 14
    assert answer(post).want == {}
    send(15, 20, chain=UNKNOWN_CHAIN)
    assert answer(post).tips()[STREAM].seq == 20
    assert opened(store) == [2, 3, 4, 5, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20]


def test_a_loss_beyond_another_gap_waits_for_the_rows_before_it(send, say, post):
    send(1, 5)
    send(15, 20)
    say(lost={STREAM: ((10, 14),)})
    assert answer(post).tips()[STREAM].seq == 5
    assert answer(post).want == {STREAM: ((6, 9),)}
    send(6, 9)
    assert answer(post).tips()[STREAM].seq == 20


def test_a_loss_declared_in_every_birth_counts_once(send, say, post, store):
    send(1, 5)
    for _ in range(3):
        say(lost={STREAM: ((6, 8),)})
    first = answer(post).tips()[STREAM]
    say(lost={STREAM: ((6, 9),)})
    assert (first.seq, answer(post).tips()[STREAM].seq) == (8, 9)
    with store.engine.connect() as connection:
        assert connection.execute(select(losses.c.first_seq, losses.c.last_seq)).all() == [(6, 9)]


def test_rows_declared_lost_that_come_all_the_same_are_stored_and_opened_once(send, say, store):
    send(1, 5)
    say(lost={STREAM: ((6, 8),)})
    send(9, 20, chain=UNKNOWN_CHAIN)
    assert 7 not in opened(store)
    send(6, 8)
    assert opened(store) == list(range(2, 21))


def test_rows_after_a_loss_and_its_declaration_in_one_heap_are_stored_whatever_came_first(hub, send, post, sealed):
    send(1, 5)
    frame = make_frame("kiosk-1", STREAM, UNKNOWN_CHAIN, tuple(sealed[8:]))
    birth = Birth(2, "kiosk-1", online=True, reaches={STREAM: Reach(20, 0)}, lost={STREAM: ((6, 8),)})
    hub.handle_all([
        Heard("guichet/v1/kiosk-1/up", encode_frame(frame, DEVICE)),
        Heard("guichet/v1/kiosk-1/state", encode_birth(birth, DEVICE)),
    ])  # fmt: skip
    assert answer(post).tips()[STREAM].seq == 20


def test_a_frame_cut_before_the_damage_that_comes_after_its_declaration_is_no_fork(send, say, post, store):
    send(1, 5)
    say(lost={STREAM: ((6, 8),)})
    send(9, 20)
    assert answer(post).tips()[STREAM].seq == 20
    with store.engine.connect() as connection:
        assert connection.execute(select(forks)).all() == []


def test_a_declared_loss_of_a_row_that_is_held_changes_nothing(send, say, post):
    send(1, 20)
    say(lost={STREAM: ((6, 8),)})
    assert answer(post).tips()[STREAM].seq == 20


def test_another_row_than_the_stored_one_is_a_fork_whatever_was_declared_lost(send, say, store, sealed, hub):
    send(1, 8)
    say(lost={STREAM: ((6, 8),)})
    other = StreamSeal("kiosk-1", STREAM, bytes(32), "kiosk.ordinary", "b00t").seal(7, entry(1))
    frame = make_frame("kiosk-1", STREAM, UNKNOWN_CHAIN, (other,))
    hub.handle(Heard("guichet/v1/kiosk-1/up", encode_frame(frame, DEVICE)))
    with store.engine.connect() as connection:
        assert list(connection.scalars(select(forks.c.seq))) == [7]
        assert connection.scalar(select(rows.c.sealed).where(rows.c.seq == 7)) == sealed[6].sealed


def test_a_stream_whose_opening_is_lost_is_stored_and_named_and_opened_once_it_comes(send, say, store):
    say(lost={STREAM: ((1, 3),)})
    send(4, 20, chain=UNKNOWN_CHAIN)
    assert opened(store) == []
    with store.engine.connect() as connection:
        assert connection.scalar(select(unopened.c.reason).limit(1)).endswith("the stream's opening is lost")
    send(1, 3)
    assert opened(store) == list(range(2, 21))
    with store.engine.connect() as connection:
        assert connection.execute(select(unopened)).all() == []


def forget_after(store, seq, tip):
    """Let the database be that of an earlier day."""
    with store.engine.begin() as connection:
        connection.execute(delete(rows).where(rows.c.seq > seq))
        connection.execute(update(streams).values(tip_seq=tip.seq, tip_chain=tip.chain, last_seq=tip.seq))


def test_a_device_that_was_promised_more_than_the_hub_has_raises_its_own_epoch_once(send, say, post, store):
    send(1, 5)
    early = answer(post).tips()[STREAM]
    send(6, 20)
    forget_after(store, 5, early)
    say(stored_seq=20, epoch=1)
    raised = answer(post).epoch
    assert (raised > 1, answer(post).tips()[STREAM]) == (True, early)
    say(stored_seq=20, epoch=1)
    assert answer(post).epoch == raised
    assert store.epoch() == 1


def test_a_birth_that_claims_what_the_hub_has_raises_nothing(send, say, post):
    send(1, 20)
    say(stored_seq=20, epoch=1)
    assert answer(post).epoch == 1


def test_a_device_that_knows_a_later_epoch_is_answered_in_one_beyond_that(say, post):
    later = 1 << 58
    say(epoch=later)
    assert later < answer(post).epoch <= later + CHANCE


def test_all_epochs_rise_when_the_operator_says_so(say, post, store):
    say(epoch=1 << 58)
    own = answer(post).epoch
    store.raise_epoch()
    say(epoch=own)
    assert own < answer(post).epoch <= own + CHANCE
    assert store.epoch() > 1


def test_two_births_of_one_device_in_one_heap_are_both_heeded(hub, post):
    births = [Birth(2, "kiosk-1", True, epoch, {bytes([3]) * 16: Reach(3, 3)}) for epoch in (1, 1 << 58)]
    hub.handle_all([Heard("guichet/v1/kiosk-1/state", encode_birth(birth, DEVICE)) for birth in births])
    assert answer(post).epoch > 1 << 58


@pytest.mark.parametrize("later_s", [60, 0, -86_400])
def test_a_hub_restored_twice_from_one_backup_uses_no_epoch_twice(say, post, store, monkeypatch, later_s):
    now_s = 1_800_000_000
    monkeypatch.setattr("fleet.hub.store.time.time", lambda: now_s)
    used = []
    for _ in range(2):
        say(stored_seq=20, epoch=1)
        used.append(answer(post).epoch)
        with store.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM device_epochs")
        now_s += later_s
    assert used[0] != used[1]
    assert (later_s > 0) <= (used[0] < used[1])


def test_the_highest_epoch_that_a_device_can_know_leaves_room_for_one_beyond(say, post):
    say(epoch=MAX_SEQ - 1)
    assert answer(post).epoch == MAX_SEQ


def test_two_devices_own_epochs_rise_with_the_common_one_and_repeat_in_none(say, store):
    say(epoch=1 << 58)
    risen = set()
    for _ in range(3):
        store.raise_epoch()
        with store.database.reading() as connection:
            risen.add(store.epochs_of(connection, ["kiosk-1"])["kiosk-1"])
    assert len(risen) == 3

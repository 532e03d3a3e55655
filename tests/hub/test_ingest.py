"""The hub's end: what it takes, what it refuses, and what it answers."""

from __future__ import annotations

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from fleet.hub.ingest import HubEnd
from fleet.hub.schema import forks, parked
from fleet.hub.store import StoreError
from sync.chain import Row, start
from sync.frame import Birth, Reach, decode_stored, encode_birth, encode_frame, make_frame
from sync.link import Heard, LinkUp

DEVICE = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
STREAM = bytes(16)
BEGIN = start("kiosk-1", STREAM)
ROWS = (Row(1, 0, b"opening"), Row(2, 1, b"record"))
TIP = BEGIN.after(ROWS[0]).after(ROWS[1])


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Post:
    """Keeps what the hub publishes."""

    def __init__(self):
        self.sent = []

    def publish(self, topic, payload, *, retain=False):
        self.sent.append((topic, payload, retain))
        return True


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


def up(rows=ROWS, device="kiosk-1", key=DEVICE, chain=BEGIN.chain, topic=None):
    frame = encode_frame(make_frame(device, STREAM, chain, rows), key)
    return Heard(topic or f"guichet/v1/{device}/up", frame)


def answer(post):
    topic, payload, retain = post.sent[-1]
    assert (topic, retain) == ("guichet/v1/kiosk-1/stored", True)
    return decode_stored(payload, "kiosk-1", HUB.public_key())


def parked_reasons(store):
    with store.engine.connect() as connection:
        return list(connection.scalars(select(parked.c.reason)))


def test_a_frame_is_stored_and_answered_with_a_signed_retained_tip(hub, store, post):
    hub.handle(up())
    assert answer(post).tips()[STREAM] == TIP
    assert store.tips("kiosk-1", {STREAM}) == {STREAM: TIP}


def test_a_frame_that_comes_twice_is_stored_once_and_answered_twice(hub, post):
    hub.handle(up())
    hub.handle(up())
    assert len(post.sent) == 2
    assert answer(post).tips()[STREAM] == TIP


def test_what_is_answered_survives_the_hubs_process(hub, store, open_store):
    hub.handle(up())
    store.close()
    assert open_store().tips("kiosk-1", {STREAM}) == {STREAM: TIP}


def test_frames_may_come_in_any_order(hub, post):
    hub.handle(up(ROWS[1:], chain=BEGIN.after(ROWS[0]).chain))
    assert answer(post).tips()[STREAM] == BEGIN
    hub.handle(up(ROWS[:1]))
    assert answer(post).tips()[STREAM] == TIP


def test_a_device_that_is_not_enrolled_is_parked_unanswered(hub, store, post):
    hub.handle(up(device="stranger"))
    assert post.sent == []
    assert parked_reasons(store) == ["from a device that is not enrolled: 'stranger'"]


def test_a_frame_on_another_devices_topic_is_refused(hub, store, post):
    store.enrol("kiosk-2", raw(DEVICE))
    hub.handle(up(topic="guichet/v1/kiosk-2/up"))
    assert post.sent == []
    assert parked_reasons(store) == ["about another device: 'kiosk-1'"]


def test_a_frame_signed_by_somebody_else_is_refused(hub, store, post):
    hub.handle(up(key=HUB))
    assert post.sent == []
    assert parked_reasons(store) == ["signature does not verify"]


def test_a_poison_frame_is_parked_once_however_often_it_comes(hub, store):
    for _ in range(5):
        hub.handle(Heard("guichet/v1/kiosk-1/up", b"poison"))
    assert len(parked_reasons(store)) == 1


def test_a_fork_is_named_and_what_was_stored_stays(hub, store, post):
    hub.handle(up())
    hub.handle(up((ROWS[0], Row(2, 1, b"another"))))
    assert answer(post).tips()[STREAM] == TIP
    with store.engine.connect() as connection:
        assert connection.execute(select(forks.c.seq, forks.c.kind)).all() == [(2, "other_row")]


def test_a_devices_birth_is_answered_with_what_is_stored(hub, post):
    hub.handle(up())
    birth = encode_birth(Birth(2, "kiosk-1", online=True, reaches={STREAM: Reach(2, 0)}), DEVICE)
    hub.handle(Heard("guichet/v1/kiosk-1/state", birth))
    assert answer(post).tips()[STREAM] == TIP


def test_a_device_with_many_streams_is_answered_in_messages_the_broker_takes(hub, post):
    asked = {n.to_bytes(16, "big"): Reach(1, 0) for n in range(1, 1_701)}
    birth = encode_birth(Birth(2, "kiosk-1", online=True, reaches=asked), DEVICE)
    hub.handle(Heard("guichet/v1/kiosk-1/state", birth))
    parts = [decode_stored(payload, "kiosk-1", HUB.public_key()) for _, payload, _ in post.sent]
    assert {stream for part in parts for stream in part.through} == set(asked)
    assert max(len(payload) for _, payload, _ in post.sent) < 60_000


def test_a_stream_that_the_hub_does_not_know_is_answered_as_empty(hub, post):
    birth = encode_birth(Birth(2, "kiosk-1", online=True, reaches={STREAM: Reach(2, 0)}), DEVICE)
    hub.handle(Heard("guichet/v1/kiosk-1/state", birth))
    assert answer(post).tips()[STREAM] == BEGIN


def test_a_database_that_refuses_is_one_error_and_no_answer(hub, store, post):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE rows")
    with pytest.raises(StoreError, match="refused"):
        hub.handle(up())
    assert post.sent == []


def test_the_answer_names_a_stream_asked_about_however_old(hub, store, post):
    hub.handle(up())
    for n in range(1, 12):
        stream = bytes([n]) * 16
        store.receive(make_frame("kiosk-1", stream, start("kiosk-1", stream).chain, ROWS[:1]))
    birth = encode_birth(Birth(2, "kiosk-1", online=True, reaches={STREAM: Reach(2, 0)}), DEVICE)
    hub.handle(Heard("guichet/v1/kiosk-1/state", birth))
    assert answer(post).tips()[STREAM] == TIP


def test_a_heap_of_frames_is_one_answer_a_device_after_one_commit(hub, store, post):
    store.enrol("kiosk-2", raw(DEVICE))
    both = Row(1, 0, b"opening"), Row(2, 1, b"record")
    theirs = make_frame("kiosk-2", STREAM, start("kiosk-2", STREAM).chain, both)
    hub.handle_all([
        up(ROWS[1:], chain=BEGIN.after(ROWS[0]).chain),
        Heard("guichet/v1/kiosk-2/up", encode_frame(theirs, DEVICE)),
        up(ROWS[:1]),
    ])  # fmt: skip
    assert sorted(topic for topic, *_ in post.sent) == ["guichet/v1/kiosk-1/stored", "guichet/v1/kiosk-2/stored"]
    assert store.tips("kiosk-1", {STREAM}) == {STREAM: TIP}
    assert store.tips("kiosk-2", {STREAM})[STREAM].seq == 2


def test_frames_in_one_heap_that_contradict_each_other_are_a_named_fork(hub, store):
    hub.handle_all([up(), up((ROWS[0], Row(2, 1, b"another")))])
    assert store.tips("kiosk-1", {STREAM})[STREAM].seq == 2
    with store.engine.connect() as connection:
        assert connection.execute(select(forks.c.seq, forks.c.kind)).all() == [(2, "other_row")]


def test_a_frame_that_the_database_refuses_is_parked_and_the_others_are_stored(hub, store, post):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX no_two_alike ON rows (sealed)")
    store.enrol("kiosk-2", raw(DEVICE))
    alike = (Row(1, 0, b"alike"), Row(2, 1, b"alike"))
    poison = make_frame("kiosk-2", STREAM, start("kiosk-2", STREAM).chain, alike)
    hub.handle_all([Heard("guichet/v1/kiosk-2/up", encode_frame(poison, DEVICE)), up()])
    assert store.tips("kiosk-1", {STREAM}) == {STREAM: TIP}
    assert store.tips("kiosk-2", {STREAM})[STREAM].seq == 0
    [reason] = parked_reasons(store)
    assert reason.startswith("the hub's database refused")
    assert answer(post).tips()[STREAM] == TIP


def test_a_key_that_was_changed_by_another_process_counts_at_once(hub, open_store, post):
    hub.handle(up())
    open_store().enrol("kiosk-1", raw(HUB))
    hub.handle(up())
    assert len(post.sent) == 1
    hub.handle(up(key=HUB))
    assert len(post.sent) == 2


def test_one_device_cannot_fill_the_place_for_refused_messages(hub, store):
    hub.handle_all([Heard("guichet/v1/kiosk-1/up", b"poison %d" % n) for n in range(250)])
    hub.handle(up(device="stranger"))
    reasons = parked_reasons(store)
    assert len(reasons) == 201
    assert "from a device that is not enrolled: 'stranger'" in reasons


def test_a_gap_that_a_late_frame_fills_takes_all_that_waited_beyond_it(hub, post):
    rows = tuple(Row(n, n, b"row %d" % n) for n in range(1, 31))
    chains = [BEGIN]
    for row in rows:
        chains.append(chains[-1].after(row))
    hub.handle_all([up(rows[n : n + 5], chain=chains[n].chain) for n in (25, 10, 20)])
    hub.handle(up(rows[15:20], chain=chains[15].chain))
    assert answer(post).tips()[STREAM] == BEGIN
    hub.handle(up(rows[:12], chain=BEGIN.chain))
    assert answer(post).tips()[STREAM] == chains[30]


def test_many_births_of_many_streams_in_one_heap_are_each_answered(hub, store, post):
    births = []
    for number in range(70):
        device = f"kiosk-{number}"
        store.enrol(device, raw(DEVICE))
        asked = {place.to_bytes(16, "big"): Reach(1, 0) for place in range(1, 501)}
        birth = encode_birth(Birth(2, device, online=True, reaches=asked), DEVICE)
        births.append(Heard(f"guichet/v1/{device}/state", birth))
    hub.handle_all(births)
    assert len(post.sent) == 70


def test_many_losses_in_one_birth_are_all_declared(hub, store):
    lost = {place.to_bytes(16, "big"): ((1, 3),) for place in range(1, 1_001)}
    birth = encode_birth(Birth(2, "kiosk-1", online=True, lost=lost), DEVICE)
    hub.handle(Heard("guichet/v1/kiosk-1/state", birth))
    assert {tip.seq for tip in store.tips("kiosk-1", lost).values()} == {3}


def test_an_opening_with_a_number_that_no_database_keeps_is_stored_and_ends_nothing(hub, post):
    opening = msgspec.msgpack.encode([2, bytes(8), [bytes(16), 1 << 63, bytes(32)], b"key", "kiosk.ordinary", "b00t"])
    hub.handle(up((Row(1, 0, opening),)))
    assert answer(post).tips()[STREAM].seq == 1


def test_coming_back_to_the_broker_is_another_session_even_where_the_database_refuses(hub, store, post):
    hub.handle(up())
    first = answer(post).session
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE rows RENAME TO away")
    with pytest.raises(StoreError):
        hub.handle_all([up(), LinkUp(), up()])
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO rows")
    hub.handle(up())
    assert answer(post).session != first

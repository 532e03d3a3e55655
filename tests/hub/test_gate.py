"""Whom the hub does not listen to, and for how long."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from fleet.hub.gate import Gate, Refused
from fleet.hub.ingest import HubEnd
from fleet.hub.registry import NotEnrolledError
from fleet.hub.schema import parked, rows
from fleet.settings import Limits
from sync.chain import Row
from sync.link import Heard
from tests.hub.test_ingest import DEVICE, HUB, STREAM, TIP, Post, answer, parked_reasons, raw, up


@pytest.fixture
def store(store):
    store.enrol("kiosk-1", raw(DEVICE))
    return store


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def hub(store, post):
    return HubEnd(store, post, HUB, Limits())


def stored_rows(store):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(rows))


def admit(store, gate, message, now_s):
    with store.database.reading() as connection:
        store.registry.refresh(connection)
        return gate.admit(connection, message, now_s)


def test_a_device_in_quarantine_is_neither_stored_nor_answered_nor_parked(hub, store, post):
    store.registry.quarantine("kiosk-1", "sends nonsense")
    hub.handle_all([up(), Heard("guichet/v1/kiosk-1/up", b"poison")])
    assert (post.sent, stored_rows(store), parked_reasons(store)) == ([], 0, [])


def test_what_a_device_kept_in_quarantine_is_stored_once_it_is_lifted(hub, store, post):
    store.registry.quarantine("kiosk-1", "sends nonsense")
    hub.handle(up())
    store.registry.lift("kiosk-1")
    hub.handle(up())
    assert answer(post).tips()[STREAM] == TIP


def test_a_revoked_device_is_refused_with_its_reason(hub, store, post):
    store.registry.revoke("kiosk-1")
    hub.handle(up())
    assert (post.sent, stored_rows(store)) == ([], 0)
    assert parked_reasons(store) == ["from a device whose certificate was called in"]


def test_enrolling_anew_ends_revocation_and_quarantine(hub, store, post):
    store.registry.revoke("kiosk-1")
    store.registry.quarantine("kiosk-1", "sends nonsense")
    store.enrol("kiosk-1", raw(DEVICE))
    hub.handle(up())
    assert len(post.sent) == 1


def test_too_many_refused_messages_in_an_hour_are_a_quarantine(store, post):
    hub = HubEnd(store, post, HUB, Limits(refused_per_hour=3))
    hub.handle_all([Heard("guichet/v1/kiosk-1/up", b"poison %d" % n) for n in range(3)])
    assert store.registry.device("kiosk-1").quarantined_s is None
    hub.handle(Heard("guichet/v1/kiosk-1/up", b"once more"))
    entry = store.registry.device("kiosk-1")
    assert entry.quarantined_s is not None
    assert entry.quarantine_reason == "too many refused messages in an hour"
    hub.handle(up())
    assert post.sent == []


def test_one_devices_quarantine_is_not_anothers(hub, store, post):
    store.enrol("kiosk-2", raw(DEVICE))
    store.registry.quarantine("kiosk-2", "sends nonsense")
    hub.handle(up())
    assert len(post.sent) == 1


def test_frames_beyond_the_allowance_are_not_answered_and_come_through_later(store):
    gate = Gate(store.registry, Limits(rows_per_s=1, rows_burst=2))
    assert admit(store, gate, up(), 100.0) is not None
    assert admit(store, gate, up(), 101.0) is None
    assert admit(store, gate, up(), 103.0) is not None


def test_bytes_beyond_the_allowance_are_not_even_verified(store):
    size = len(up().payload)
    gate = Gate(store.registry, Limits(bytes_per_s=1, bytes_burst=size + 500))
    assert admit(store, gate, up(), 100.0) is not None
    assert admit(store, gate, Heard("guichet/v1/kiosk-1/up", bytes(501)), 100.0) is None
    assert isinstance(admit(store, gate, Heard("guichet/v1/kiosk-1/up", bytes(499)), 100.0), Refused)


def test_what_was_let_in_uses_the_bytes_up(store):
    size = len(up().payload)
    gate = Gate(store.registry, Limits(bytes_per_s=1, bytes_burst=size))
    assert admit(store, gate, up(), 100.0) is not None
    assert admit(store, gate, up(), 100.0) is None
    assert admit(store, gate, up(), 100.0 + size) is not None


def test_one_devices_excess_leaves_the_others_their_allowance(store):
    store.enrol("kiosk-2", raw(DEVICE))
    gate = Gate(store.registry, Limits(rows_per_s=1, rows_burst=2))
    assert admit(store, gate, up(), 100.0) is not None
    assert admit(store, gate, up(), 100.0) is None
    assert admit(store, gate, up(device="kiosk-2"), 100.0) is not None


def test_a_full_outbox_goes_through_the_shipped_limits_at_once():
    limits = Limits()
    assert limits.rows_burst >= 1_000_000
    assert limits.bytes_burst >= 2 * 64_000_000


def test_refused_messages_are_kept_with_their_time(hub, store):
    hub.handle(Heard("guichet/v1/kiosk-1/up", b"poison"))
    with store.engine.connect() as connection:
        assert connection.scalar(select(parked.c.parked_s)) > 1_700_000_000


def test_a_name_that_is_not_enrolled_cannot_be_quarantined(store):
    with pytest.raises(NotEnrolledError, match="'kiosk-9'"):
        store.registry.quarantine("kiosk-9", "no such device")


def test_a_frame_larger_than_the_burst_waits_for_a_full_bucket_and_not_for_ever(store):
    many = tuple(Row(n, n, b"row") for n in range(1, 5))
    gate = Gate(store.registry, Limits(rows_per_s=1, rows_burst=2))
    assert admit(store, gate, up(many), 100.0) is not None
    assert admit(store, gate, up(many), 103.9) is None
    assert admit(store, gate, up(many), 104.0) is not None

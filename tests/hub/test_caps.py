"""What one device may take up of the ledger, and that an honest one beside it is served all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from fleet.hub import caps, intake
from fleet.hub.ingest import HubEnd
from fleet.hub.schema import forks, losses, rows, streams
from fleet.settings import Limits
from sync.chain import Row, start
from sync.frame import Birth, Reach, encode_birth, encode_frame, make_frame
from sync.link import Heard
from tests.hub.test_ingest import DEVICE, HUB, Post, parked_reasons, raw

A, B = bytes([1]) * 16, bytes([2]) * 16


@pytest.fixture
def store(store):
    for device in ("kiosk-1", "kiosk-2"):
        store.enrol(device, raw(DEVICE))
    return store


@pytest.fixture
def hub(store):
    return HubEnd(store, Post(), HUB, Limits(refused_per_hour=2))


def birth(device, lost, stream=A):
    said = Birth(2, device, online=True, epoch=1, reaches={stream: Reach(90, 0)}, lost={stream: lost})
    return Heard(f"guichet/v1/{device}/state", encode_birth(said, DEVICE))


def frame(device, stream, sealed=b"row", seq=1):
    made = make_frame(device, stream, start(device, stream).chain, (Row(seq, seq, sealed),))
    return Heard(f"guichet/v1/{device}/up", encode_frame(made, DEVICE))


def count(store, table):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_device_that_declares_too_many_losses_is_refused_and_the_others_in_its_heap_are_heard(
    hub, store, monkeypatch
):
    monkeypatch.setattr(caps, "MAX_LOST_RANGES", 2)
    hub.handle_all([birth("kiosk-1", ((1, 1), (3, 3), (5, 5))), birth("kiosk-2", ((1, 4),))])
    assert parked_reasons(store) == ["'kiosk-1' has declared more than 2 ranges lost"]
    assert store.tips("kiosk-2", {A})[A].seq == 4
    assert count(store, losses) == 1


def test_losses_that_grow_together_take_up_one_range(hub, store, monkeypatch):
    monkeypatch.setattr(caps, "MAX_LOST_RANGES", 2)
    for lost in (((1, 1), (3, 3)), ((2, 2),), ((9, 9),), ((4, 8),)):
        hub.handle(birth("kiosk-1", lost))
    with store.engine.connect() as connection:
        assert connection.execute(select(losses.c.first_seq, losses.c.last_seq)).all() == [(1, 9)]
    assert parked_reasons(store) == []


def test_a_device_that_begins_too_many_streams_is_refused_and_in_the_end_put_in_quarantine(hub, store, monkeypatch):
    monkeypatch.setattr(caps, "MAX_STREAMS", 2)
    made = [frame("kiosk-1", bytes([n]) * 16) for n in range(5)]
    hub.handle_all([*made, frame("kiosk-2", A)])
    assert count(store, streams) == 3
    assert set(parked_reasons(store)) == {"'kiosk-1' has begun more than 2 streams"}
    assert store.registry.device("kiosk-1").quarantine_reason == "too many refused messages in an hour"
    assert store.tips("kiosk-2", {A})[A].seq == 1


def test_forks_beyond_the_cap_are_named_without_their_frame(hub, store, monkeypatch):
    monkeypatch.setattr(caps, "MAX_FORK_FRAMES", 1)
    hub.handle_all([frame("kiosk-1", stream, sealed) for sealed in (b"one", b"other") for stream in (A, B)])
    with store.engine.connect() as connection:
        assert list(connection.scalars(select(forks.c.frame).order_by(forks.c.stream_id))) == [b"other", b""]


def test_rows_far_beyond_a_gap_are_not_read_for_each_row_before_it(store, monkeypatch):
    monkeypatch.setattr(intake, "_SLICE_ROWS", 5)
    tip, sealed = start("kiosk-1", A), [Row(seq, seq, b"row") for seq in range(1, 200)]
    for seq in [1, 3, 5, *range(7, 200)]:
        before = tip if seq == 1 else None
        store.receive(make_frame("kiosk-1", A, before.chain if before else bytes(31) + b"1", (sealed[seq - 1],)))
    read, load = [], intake.Intake._rows
    monkeypatch.setattr(intake.Intake, "_rows", lambda *asked: read.append(load(*asked)) or read[-1])
    two = make_frame("kiosk-1", A, tip.after(sealed[0]).chain, (sealed[1],))
    assert store.receive(two).tip.seq == 3
    assert sum(map(len, read)) <= 10
    assert count(store, rows) == 197


def test_no_honest_device_comes_near_the_caps():
    page_bytes, outbox_bytes = 1024, 64_000_000
    assert 3 * outbox_bytes / page_bytes / 2 < caps.MAX_LOST_RANGES
    assert caps.MAX_STREAMS > 2 * 24 * 6 * 365 * 9

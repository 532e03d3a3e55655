"""Disks fill and databases lock while 5,000 records flow: refusals are sentences, and what was kept arrives, once."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager

import pytest
from small_disk import filled, small_disk

pytestmark = [pytest.mark.prove, pytest.mark.broker, pytest.mark.timeout(600)]
DISK_BYTES = 24_000_000


@contextmanager
def locked(database):
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        holder.close()


@pytest.fixture
def device_disk(world, tmp_path):
    with small_disk(tmp_path / "device.img", world.state_dir, DISK_BYTES):
        yield world.state_dir
        world.end()


@pytest.fixture
def hub_disk(world, tmp_path):
    with small_disk(tmp_path / "hub.img", world.hub, DISK_BYTES):
        yield world.hub
        world.end()


def test_a_full_disk_on_the_device_refuses_in_words_and_loses_nothing_it_kept(world, report, device_disk):
    world.per_second = world.count / 20
    with world.flowing("broker", "hub", "sync"):
        world.pause(5)
        with filled(device_disk):
            world.pause(10)
        tally = world.settle()
    report(tally, f"sync ended {world.deaths['sync']} times")
    assert (tally.lost, tally.double, tally.refused_at_hub) == (0, 0, 0)
    assert tally.refused
    assert all(len(sentence.split()) > 3 for sentence in world.refusals)


def test_a_full_disk_under_hub_and_broker_loses_and_doubles_nothing(world, report, hub_disk):
    world.per_second = world.count / 15
    with world.flowing("broker", "hub", "sync"):
        world.pause(2)
        with filled(hub_disk):
            world.pause(10)
        tally = world.settle()
    report(tally, f"hub ended {world.deaths['hub']} times")
    assert (tally.lost, tally.double) == (0, 0)


@pytest.mark.parametrize("seconds", [5, 40])  # within the patience of the database driver, and beyond
def test_a_locked_hub_database_loses_and_doubles_nothing(world, report, seconds):
    world.per_second = world.count / 15
    with world.flowing("broker", "hub", "sync"):
        world.pause(2)
        with locked(world.hub / "hub.db"):
            world.pause(seconds)
        tally = world.settle()
    report(tally, f"hub ended {world.deaths['hub']} times")
    assert (tally.lost, tally.double) == (0, 0)


def test_an_outbox_locked_for_fifteen_seconds_loses_and_doubles_nothing(world, report):
    world.per_second = world.count / 15
    with world.flowing("broker", "hub", "sync"):
        world.pause(2)
        with locked(world.state_dir / "outbox.db"):
            world.pause(15)
        tally = world.settle()
    report(tally, f"sync ended {world.deaths['sync']} times")
    assert (tally.lost, tally.double, tally.refused_at_hub) == (0, 0, 0)

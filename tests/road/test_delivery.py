"""The sync service and the hub as processes, over a real broker, without the screen."""

from __future__ import annotations

import json
import os

import pytest

from config.store import load
from demo.processes import ProcessError
from demo.world import World, command
from sync import clock, keys
from sync.outbox import Batch, Outbox
from sync.entry import Entry, encode
from sync.records import ReceiptContent, ReceiptRequested
from sync.seal import StreamSeal
from sync.wakeup import wake

pytestmark = pytest.mark.broker
BACKLOG = 5_000


@pytest.fixture
def world(tmp_path):
    small = World(tmp_path / "world", tmp_path / "no.pack")
    small.make()
    yield small
    small.end()


def queue(world, count):
    """Put `count` records into the device's outbox, in one stream."""
    config = load(world.site)
    box = Outbox.open(config.device.state_dir / "outbox.db", config.device.name)
    seal = StreamSeal(config.device.name, os.urandom(16), os.urandom(32), "kiosk.ordinary", clock.now().boot)
    record = Entry(clock.now(), ReceiptRequested("F14128", ReceiptContent.SHEET))
    rows = [seal.opening(keys.load_opening_public(config.hub.opening_key_file), None)]
    rows += [seal.seal(seq, encode(record)) for seq in range(2, count + 2)]
    box.append([Batch(seal.stream, "kiosk.ordinary", rows)], 64_000_000)
    box.close()
    wake(config.device.run_dir / "wake.sock")


def said(world, part):
    return [json.loads(line) for line in (world.folder / f"logs/{part}.log").read_text().splitlines()]


def test_a_backlog_goes_through_on_one_connection_at_each_end(world):
    queue(world, BACKLOG)
    world.start("broker", "hub", "sync")
    assert len(world.wait_for_records(BACKLOG, deadline_s=30)) == BACKLOG
    assert [line["state"] for line in said(world, "sync") if line["event"] == "link"] == ["LinkUp"]
    assert [line["event"] for line in said(world, "hub")].count("link up") == 1


def test_a_second_sync_service_is_refused_and_the_first_goes_on(world):
    queue(world, 1)
    world.start("broker", "hub", "sync")
    with pytest.raises(ProcessError, match="another process holds"):
        command("guichet", "sync", "--config", str(world.site))
    queue(world, 1)
    assert len(world.wait_for_records(2, deadline_s=30)) == 2

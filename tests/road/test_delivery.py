"""The sync service and the hub as processes, over a real broker, without the screen."""

from __future__ import annotations

import json
import threading
import time

import pytest

from demo.commands import command
from demo.processes import ProcessError
from demo.world import World

pytestmark = pytest.mark.broker
BACKLOG = 5_000
# Longer than any deadline of a service that has delivered all.
IDLE_S = 3


@pytest.fixture
def world(tmp_path):
    small = World(tmp_path / "world", tmp_path / "no.pack")
    small.make()
    yield small
    small.end()


def said(world, part):
    return [json.loads(line) for line in (world.folder / f"logs/{part}.log").read_text().splitlines()]


def test_a_backlog_goes_through_on_one_connection_at_each_end(world, queue):
    queue(world, BACKLOG)
    world.start("broker", "hub", "sync")
    assert len(world.wait_for_records(BACKLOG, deadline_s=30)) == BACKLOG
    assert [line["state"] for line in said(world, "sync") if line["event"] == "link"] == ["LinkUp"]
    assert [line["event"] for line in said(world, "hub")].count("link up") == 1


def test_each_record_wakes_the_service_anew(world, queue):
    world.start("broker", "hub", "sync")
    report = world.folder / "kiosk/run/link.json"
    for count in (1, 2):
        queue(world, 1)
        # Without being woken an idle service would look after 15 s.
        assert len(world.wait_for_records(count, deadline_s=8)) == count
        while time.time() - report.stat().st_mtime < IDLE_S:
            threading.Event().wait(0.1)


def test_a_second_sync_service_is_refused_and_the_first_goes_on(world, queue):
    queue(world, 1)
    world.start("broker", "hub", "sync")
    with pytest.raises(ProcessError, match="another process holds"):
        command("guichet", "sync", "--config", str(world.site))
    queue(world, 1)
    assert len(world.wait_for_records(2, deadline_s=30)) == 2

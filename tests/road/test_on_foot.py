"""The road on foot: export, import, and the answer back, mixed with MQTT in any order."""

from __future__ import annotations

import json

import pytest

from demo.commands import command
from demo.processes import ProcessError
from demo.site import DEVICE
from demo.world import World
from tests.road.publishing import Publishing

pytestmark = pytest.mark.broker
COUNT = 300


@pytest.fixture
def world(tmp_path, queue):
    small = World(tmp_path / "world", tmp_path / "no.pack")
    small.make()
    queue(small, COUNT)
    yield small
    small.end()


@pytest.fixture
def stick(tmp_path):
    return tmp_path / "stick"


def export(world, stick):
    return command("guichet", "export", str(stick), "--config", str(world.site))


def take_in(world, stick):
    return command("guichet-hub", "import", str(stick), "--hub", str(world.hub))


def bring_back(world, stick):
    return command("guichet", "import-stored", str(stick), "--config", str(world.site))


def test_a_device_without_any_network_is_served_by_a_stick(world, stick):
    assert f"{COUNT + 1} rows of {DEVICE}" in export(world, stick)
    assert world.outbox()["waiting"] == COUNT
    assert f"{COUNT + 1} of them new" in take_in(world, stick)
    assert f"{COUNT + 1} more rows are stored" in bring_back(world, stick)
    assert (world.outbox()["waiting"], len(world.records())) == (0, COUNT)


def test_what_went_by_stick_and_by_mqtt_is_stored_once(world, stick, queue):
    export(world, stick)
    world.start("broker", "hub", "sync")
    assert len(world.wait_for_records(COUNT, deadline_s=30)) == COUNT
    assert ", 0 of them new" in take_in(world, stick)
    queue(world, 1)
    assert len(world.wait_for_records(COUNT + 1, deadline_s=30)) == COUNT + 1
    bring_back(world, stick)
    assert len(world.records()) == COUNT + 1


def test_a_stick_whose_answer_never_comes_back_costs_nothing(world, stick, queue):
    export(world, stick)
    take_in(world, stick)
    take_in(world, stick)
    world.start("broker", "hub", "sync")
    queue(world, 1)
    assert len(world.wait_for_records(COUNT + 1, deadline_s=30)) == COUNT + 1
    assert command("guichet-hub", "ledger", DEVICE, "--hub", str(world.hub))


def test_a_broken_file_is_named_and_the_rest_goes_in(world, stick):
    export(world, stick)
    (stick / "guichet" / DEVICE / "00000099.frame").write_bytes(b"no frame")
    with pytest.raises(ProcessError, match=r"00000099\.frame"):
        take_in(world, stick)
    assert len(world.records()) == COUNT


def test_an_answer_for_another_device_proves_nothing(world, stick):
    export(world, stick)
    take_in(world, stick)
    [answer] = (stick / "guichet" / DEVICE).glob("*.stored")
    answer.write_bytes(answer.read_bytes().replace(DEVICE.encode(), b"kiosk-demp"))
    with pytest.raises(ProcessError, match="1 answers prove nothing"):
        bring_back(world, stick)
    assert world.outbox()["waiting"] == COUNT


@pytest.mark.parametrize("order", [["export"], ["import-stored"]])
def test_a_stick_that_is_not_there_is_named(world, tmp_path, order):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProcessError, match="file"):
        command("guichet", *order, str(tmp_path / "file"), "--config", str(world.site))


def test_what_a_device_runs_is_told_by_a_stick(world, stick):
    Publishing(world).push_document('[structure]\nname = "France Services de Condat"')
    running = {
        "version": 3,
        "wanted": "a" * 64,
        "running": "b" * 64,
        "on_trial": False,
        "reasons": ["no"],
        "problems": [],
    }
    (world.folder / "kiosk/run/config.json").write_text(json.dumps(running))
    export(world, stick)
    take_in(world, stick)
    [device] = json.loads(command("guichet-hub", "push", "status", "--json", "--hub", str(world.hub)))["devices"]
    assert (device["running"], device["reasons"]) == ("b" * 64, ["no"])

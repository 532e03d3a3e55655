"""`guichet-hub push status`: how far what is published has come."""

from __future__ import annotations

import json
import shutil

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update
from typer.testing import CliRunner

from fleet.commands import app
from fleet.hub.schema import devices
from fleet.hub.store import HubStore
from fleet.premises import Listener, establish
from fleet.publication.wanted import Published
from fleet.settings import load
from sync.configuration import Configuration
from tests.fleet.workshop import Workshop
from tests.hub.test_ingest import raw

KEY = raw(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OLD = "a1" * 32
RUNS_OLD = Configuration(1, OLD, OLD, False, (), (), "rural")


@pytest.fixture
def hub(tmp_path):
    establish(tmp_path / "hub", Listener("localhost", 8883, "127.0.0.1"))
    return tmp_path / "hub"


@pytest.fixture
def store(hub):
    opened = HubStore.open(load(hub / "hub.toml").database_url)
    yield opened
    opened.close()


@pytest.fixture
def publish(tmp_path, hub):
    """Publish documents; return the digest that a device of group `rural` is to run, where there is one."""
    workshop = Workshop(tmp_path / "workshop").establish()

    def to_devices(files):
        workshop.push(files)
        shutil.copytree(workshop.mirror, hub / "publication", dirs_exist_ok=True)
        return Published(workshop.repository)

    return to_devices


@pytest.fixture
def status(hub):
    def run(*arguments):
        done = CliRunner().invoke(app, ["push", "status", *arguments, "--hub", str(hub)], catch_exceptions=False)
        assert done.exit_code == 0
        return done.output

    return run


def runs(version, digest, **other):
    return msgspec.structs.replace(RUNS_OLD, version=version, wanted=digest, running=digest, **other)


def test_each_device_has_one_line_the_worst_first_and_a_sum_at_the_end(store, publish, status):
    new = publish({"fleet.toml": b"# new"}).digest("any", "rural")
    for name in ("bus-1", "bus-2", "bus-3", "bus-4", "bus-5", "bus-6"):
        store.enrol(name, KEY)
    said = {
        "bus-1": runs(2, new),
        "bus-2": msgspec.structs.replace(
            RUNS_OLD, wanted=new, reasons=("it says what this device cannot use",), problems=("[screen] dpi: why",)
        ),
        "bus-3": runs(2, new, on_trial=True),
        "bus-5": RUNS_OLD,
        "bus-6": RUNS_OLD,
    }
    store.hear(said, said)
    with store.transaction() as connection:
        connection.execute(update(devices).where(devices.c.name == "bus-6").values(heard_s=1_780_000_000))
    lines = status().splitlines()
    assert [line.split("  ")[0] for line in lines[:-1]] == ["bus-2", "bus-6", "bus-4", "bus-5", "bus-3", "bus-1"]
    assert lines[-1] == "6 devices: 1 refused, 1 silent, 1 pending, 1 coming, 1 on trial, 1 current"
    assert lines[0].startswith("bus-2                   refused   runs a1a1a1a1a1a1 (version 1) since 20")
    assert lines[0].endswith(f"shall run {new[:12]}; it says what this device cannot use; [screen] dpi: why")
    assert "last heard on 2026-05-28T20:26:40+00:00" in lines[1]
    assert lines[2] == "bus-4                   pending   never heard"


def test_the_same_is_told_as_json(store, publish, status):
    new = publish({"fleet.toml": b"# new"}).digest("any", "rural")
    store.enrol("bus-1", KEY)
    store.enrol("bus-2", KEY)
    store.hear({"bus-1": RUNS_OLD}, {"bus-1"})
    told = json.loads(status("--json"))
    assert [each["state"] for each in told["devices"]] == ["pending", "coming"]
    assert told["devices"][1]["published"] == new
    assert (told["devices"][1]["running"], told["devices"][1]["group"]) == (OLD, "rural")
    assert told["sum"] == {"refused": 0, "silent": 0, "pending": 1, "coming": 1, "on trial": 0, "current": 0}


def test_each_device_is_held_to_what_is_published_for_its_own_group(store, publish, status):
    published = publish({"fleet.toml": b"# all", "group/rural/group.toml": b"# rural"})
    store.enrol("bus-1", KEY)
    store.enrol("kiosk-1", KEY)
    digests = {group: published.digest("any", group) for group in ("rural", "town")}
    store.hear(
        {"bus-1": runs(2, digests["rural"]), "kiosk-1": runs(2, digests["rural"], group="town")}, {"bus-1", "kiosk-1"}
    )
    told = {each["device"]: each for each in json.loads(status("--json"))["devices"]}
    assert (told["bus-1"]["state"], told["kiosk-1"]["state"]) == ("current", "coming")
    assert told["kiosk-1"]["published"] == digests["town"]


def test_a_publication_that_no_device_can_take_is_named(hub, store, publish, status):
    publish({"fleet.toml": b"# fleet"})
    next((hub / "publication/targets").glob("*.fleet.toml")).unlink()
    store.enrol("bus-1", KEY)
    store.hear({"bus-1": RUNS_OLD}, {"bus-1"})
    line, _ = status().splitlines()
    assert "coming" in line
    assert "what is published for group rural cannot be used: " in line
    assert "fleet.toml is not here yet" in line


def test_before_anything_is_published_a_device_as_it_was_installed_is_current(store, status):
    store.enrol("bus-1", KEY)
    store.hear({"bus-1": runs(0, "")}, {"bus-1"})
    line, total = status().splitlines()
    assert "current   runs what was installed (version 0) since 20" in line
    assert total == "1 device: 1 current"


def test_a_device_from_before_it_spoke_of_its_configuration_is_pending_with_the_reason(store, status):
    store.enrol("bus-1", KEY)
    store.hear({}, {"bus-1"})
    assert "pending   heard on 20" in status()
    assert "but it has not said what it runs" in status()


def test_words_that_would_command_a_terminal_are_spelled_out(store, publish, status):
    new = publish({"fleet.toml": b"# new"}).digest("any", "rural")
    store.enrol("bus-1", KEY)
    refused = msgspec.structs.replace(RUNS_OLD, wanted=new, reasons=("why",), problems=("\x1b[2Jgone\nbus-9  current",))
    store.hear({"bus-1": refused}, {"bus-1"})
    said = status()
    assert "\x1b" not in said
    assert len(said.splitlines()) == 2


def test_a_device_in_quarantine_is_named_as_one_that_is_not_heard(store, status):
    store.enrol("bus-1", KEY)
    store.hear({"bus-1": runs(0, "")}, {"bus-1"})
    store.registry.quarantine("bus-1", "sends nonsense")
    assert "in quarantine since 20" in status()


def test_without_a_device_the_status_says_so(store, status):
    assert store.reports() == []
    assert status() == "no device is enrolled\n"

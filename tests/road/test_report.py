"""What the operator sees of a push from the hub: over a real broker, by our own programs."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from demo.commands import command
from demo.site import DEVICE, TEN_INCH
from demo.world import World
from fleet.publication import draft, keys
from fleet.publication.repository import Repository
from tests.road.publishing import Publishing
from tests.road.test_push import device  # noqa: F401  (a fixture)
from tests.road.test_supply_road import wait
from tests.road.test_window import display  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.broker, pytest.mark.timeout(200)]


@pytest.fixture
def world(tmp_path, pack):
    small = World(tmp_path / "world", pack, TEN_INCH)
    small.make()
    yield small
    small.end()


def status(world):
    """Return what the operator reads of the one device."""
    [found] = json.loads(command("guichet-hub", "push", "status", "--json", "--hub", str(world.hub)))["devices"]
    return found


def sign_unread(world, publishing, document):
    """Have holders sign a document that the operator's command would refuse, as another tool might."""
    source = publishing.folder / "fleet.toml"
    source.write_text(document, encoding="utf-8")
    repository = Repository(world.hub / "publication", keys.load_online(world.hub / "hub"))
    proposal = publishing.folder / "unread"
    draft.change(repository, {"fleet.toml": source}, dt.datetime.now(dt.UTC).replace(microsecond=0)).write(proposal)
    publishing.publish(proposal)


@pytest.mark.prove
@pytest.mark.screen
def test_after_a_push_the_hub_sees_the_device_try_it_and_run_it(device):  # noqa: F811  (the fixture)
    wait(lambda: status(device.world)["state"] == "current")
    device.publishing.push_document('[structure]\nname = "France Services de Condat"')
    seen = []

    def runs_it():
        seen.append(status(device.world)["state"])
        return seen[0] != "current" and seen[-1] == "current"

    wait(runs_it, 60)
    assert set(seen) <= {"coming", "on trial", "current"}
    assert "on trial" in seen
    assert status(device.world)["running"] == device.report["running"]


@pytest.mark.prove
def test_a_device_that_was_never_heard_is_pending_and_a_refused_push_shows_its_reason(world):
    publishing = Publishing(world)
    assert status(world)["state"] == "pending"
    world.start("broker", "hub", "publisher", "sync", "keeper")
    wait(lambda: status(world)["state"] == "current")
    sign_unread(world, publishing, "[screen]\ndpi = 1.0\n")
    wait(lambda: status(world)["state"] == "refused", 40)
    found = status(world)
    assert (found["device"], found["version"], found["running"]) == (DEVICE, 0, "")
    assert found["reasons"] == ["it says what this device cannot use"]
    assert any("dpi" in problem for problem in found["problems"])
    assert found["problems"][0] in command("guichet-hub", "push", "status", "--hub", str(world.hub))

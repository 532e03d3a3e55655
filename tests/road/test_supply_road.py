"""What is published reaches a device over a real broker, by our own programs, whatever is away meanwhile."""

from __future__ import annotations

import os
import threading
import time

import pytest

from demo.commands import command
from demo.site import TEN_INCH
from demo.world import World
from tests.road.publishing import Publishing

pytestmark = [pytest.mark.broker, pytest.mark.timeout(200)]
# Any account that is not root's: Debian's "nobody".
SERVICE = 65534


@pytest.fixture
def world(tmp_path, pack):
    small = World(tmp_path / "world", pack, TEN_INCH)
    small.make()
    yield small
    small.end()


@pytest.fixture
def publishing(world):
    return Publishing(world)


def wait(seen, patience_s=20):
    end_s = time.monotonic() + patience_s
    while not seen():
        assert time.monotonic() < end_s
        threading.Event().wait(0.05)


def arrived(world):
    """Return whether the device's mirror is what the hub has published."""
    published = (world.hub / "publication/metadata/timestamp.json").read_bytes()
    here = world.state_dir / "mirror/metadata/timestamp.json"
    return here.exists() and here.read_bytes() == published


def documents(world):
    return [path.read_text() for path in world.state_dir.glob("mirror/targets/*.fleet.toml")]


def test_what_was_published_while_the_device_was_away_comes_when_it_is_back(world, publishing):
    world.start("broker", "publisher")
    publishing.push_document("# one")
    publishing.push_document("# two")
    world.start("sync")
    wait(lambda: arrived(world))
    assert documents(world) == ["# two"]


def test_a_publisher_that_was_away_and_a_broker_that_lost_all_change_nothing(world, publishing):
    world.start("broker", "publisher", "sync")
    publishing.push_document("# one")
    wait(lambda: arrived(world))
    world.parts["publisher"].end()
    publishing.push_document("# two")
    world.parts["broker"].end()
    world.start("broker")
    assert documents(world) == ["# one"]
    world.start("publisher")
    wait(lambda: arrived(world), 40)
    wait(lambda: documents(world) == ["# two"])  # what is no longer published goes after what is has come


def test_a_stick_brings_it_where_no_network_does(world, publishing, tmp_path):
    publishing.push_document("# one")
    said = command("guichet-hub", "export", str(tmp_path / "stick"), "--hub", str(world.hub))
    assert " files, " in said
    assert command("guichet", "import-pushed", str(tmp_path / "stick"), "--config", str(world.site)).startswith("taken")
    assert arrived(world)
    again = command("guichet", "import-pushed", str(tmp_path / "stick"), "--config", str(world.site))
    assert again == "nothing new for this device\n"


def test_what_root_takes_from_a_stick_belongs_to_the_service(world, publishing, tmp_path):
    publishing.push_document("# one")
    for path in [world.folder, *world.folder.rglob("*")]:
        os.chown(path, SERVICE, SERVICE, follow_symlinks=False)
    command("guichet-hub", "export", str(tmp_path / "stick"), "--hub", str(world.hub))
    command("guichet", "import-pushed", str(tmp_path / "stick"), "--config", str(world.site))
    taken = [*world.state_dir.glob("mirror/**/*"), *(world.folder / "kiosk/run").rglob("*")]
    assert {path.lstat().st_uid for path in taken} == {SERVICE}

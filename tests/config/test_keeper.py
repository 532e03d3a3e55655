"""The keeper, on a real folder: what is pushed is tried, and what breaks the device is put back."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest

from config import vital_signs
from config.in_force import number_in_force
from config.keeper import Keeper
from config.offer import Offer
from config.store import load
from config.versions import File, UnpackError
from config.vital_signs import ScreenSigns, note_start, write_screen
from tests.config.test_in_force import device  # noqa: F401  (a fixture)


class World:
    """A device whose processes a test plays, on a clock that the test moves."""

    def __init__(self, folder, site, monkeypatch):
        self.folder = folder
        self.site = site
        self.now_s = 1_000.0
        self.offer = None
        monkeypatch.setattr(vital_signs, "now_s", lambda: self.now_s)
        self.start()

    def start(self):
        """Start the keeper anew."""
        self.keeper = Keeper(self.site, load(self.site), self, self.unpack)

    def unpack(self, stream, pack):
        """Make a pack as these tests do: of any stream but an empty one."""
        if not stream.read_bytes():
            raise UnpackError("it is empty")
        pack.write_bytes(b"a pack")

    def look(self):
        return self.offer

    def push(self, text, **files):
        sources = {}
        for name, content in {"fleet.toml": text.encode(), **files}.items():
            digest = sha256(content).hexdigest()
            source = self.folder / digest
            source.write_bytes(content)
            sources[name.replace("__", "/").replace("_sheets", ".sheets")] = source
        listed = {name: File(path.stat().st_size, path.name) for name, path in sources.items()}
        self.offer = Offer(listed, sources)
        self.keeper.step()

    @property
    def version(self):
        return number_in_force(self.folder / "state/config")

    @property
    def report(self):
        return json.loads((self.folder / "run/config.json").read_text())

    def live(self, seconds, version=None, *, hub=True, **signs):
        """Let the processes run `version` (or what is in force) so long."""
        for _ in range(seconds):
            said = {"busy": False, "records": True, "content": True, "devices": ["printer"]} | signs
            running = self.version if version is None else version
            write_screen(self.folder / "run", ScreenSigns(version=running, at_s=self.now_s, **said))
            link = {"version": running, "link": "up" if hub else "down"}
            (self.folder / "run/link.json").write_text(json.dumps(link))
            self.keeper.step()
            self.now_s += 1


@pytest.fixture
def world(device, monkeypatch):  # noqa: F811  (the fixture)
    (device.folder / "run").mkdir()
    made = World(device.folder, device.site, monkeypatch)
    made.live(3)
    return made


def test_a_good_push_is_good_after_ten_seconds(world):
    world.push('[structure]\nname = "A"')
    assert (world.version, world.report["on_trial"]) == (1, True)
    world.live(12)
    digest = world.offer.digest
    report = {"version": 1, "wanted": digest, "running": digest, "on_trial": False, "reasons": [], "problems": []}
    assert world.report == report


@pytest.mark.parametrize(
    ("signs", "reason"),
    [
        ({"content": False}, "its content cannot be opened"),
        ({"theme": False}, "its theme cannot be shown"),
        ({"records": False}, "no record can be queued"),
        ({"devices": []}, "a device that answered before is silent"),
        ({"hub": False}, "the hub was reached before, and is not"),
        ({"version": 0}, "the screen does not show it"),
    ],
)
def test_a_push_that_breaks_something_is_put_back_within_a_minute_and_says_why(world, signs, reason):
    world.push('[structure]\nname = "A"')
    world.live(62, **signs)
    assert world.version == 0
    assert (world.report["reasons"], world.report["on_trial"]) == ([reason], False)
    assert world.report["wanted"] != world.report["running"]


def test_a_push_that_this_device_cannot_use_is_never_in_force_for_long(world):
    world.push("[screen]\nwidth_px = 1")
    assert world.version == 0
    assert world.report["reasons"] == ["it says what this device cannot use"]
    assert "fleet.toml:2: screen.width_px" in world.report["problems"][0]


def test_a_pushed_pack_is_made_of_its_stream_before_it_is_tried(world):
    world.push('[content]\npack = "x.pack"', files__x_sheets=b"sheets")
    assert (world.folder / "state/config/current/files/x.pack").read_bytes() == b"a pack"
    world.live(12)
    assert (world.version, world.report["on_trial"]) == (1, False)


def test_a_pack_that_cannot_be_made_is_refused_with_the_reason(world):
    world.push('[content]\npack = "x.pack"', files__x_sheets=b"")
    assert (world.version, world.report["reasons"]) == (0, ["its content cannot be opened"])
    assert world.report["problems"][0].endswith("fleet.toml:2: content.pack: 'x.pack' cannot be made: it is empty")


def test_a_process_that_falls_three_times_ends_the_trial(world):
    world.push('[structure]\nname = "A"')
    for _ in range(4):
        note_start(world.folder / "run", "kiosk")
        world.keeper.step()
    assert (world.version, world.report["reasons"]) == (0, ["three starts without health"])


def test_a_screen_that_froze_is_no_health(world):
    world.push('[structure]\nname = "A"')
    world.live(3)
    for _ in range(62):
        world.keeper.step()
        world.now_s += 1
    assert (world.version, world.report["reasons"]) == (0, ["the screen does not show it"])


def test_a_cut_of_power_in_the_middle_of_a_trial_ends_in_the_same(world):
    world.push('[structure]\nname = "A"')
    world.live(5)
    world.start()
    world.live(12)
    assert (world.version, world.report["on_trial"]) == (1, False)


def test_the_same_push_again_makes_no_version(world):
    world.push('[structure]\nname = "A"')
    world.live(12)
    world.push('[structure]\nname = "A"')
    world.live(3)
    assert [path.name for path in (world.folder / "state/config/versions").iterdir()] == ["1"]


def test_a_push_in_place_of_a_bad_one_is_tried(world):
    world.push("[screen]\nwidth_px = 1")
    world.push('[structure]\nname = "B"')
    world.live(12)
    assert (world.version, world.report["on_trial"], world.report["reasons"]) == (2, False, [])


def test_a_file_that_changes_while_it_is_taken_is_not_tried(world):
    world.push('[structure]\nname = "A"')
    world.live(12)
    content = b'[structure]\nname = "B"'
    source = world.folder / sha256(content).hexdigest()
    source.write_bytes(content + b"#")
    world.offer = Offer({"fleet.toml": File(len(content), source.name)}, {"fleet.toml": source})
    world.live(3)
    assert world.version == 1


def test_a_version_that_the_card_has_damaged_gives_way_to_one_that_is_whole(world):
    world.push('[structure]\nname = "A"')
    world.live(12)
    (world.folder / "state/config/versions/1/fleet.toml").write_bytes(b"[")
    world.start()
    assert world.version == 0
    world.offer = None
    world.push('[structure]\nname = "A" ')
    world.live(12)
    assert world.version == 2


def test_a_full_disk_lets_the_configuration_wait(world, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "versions")

    monkeypatch.setattr("config.versions.write_new", full)
    world.push('[structure]\nname = "A"')
    assert world.version == 0
    monkeypatch.undo()
    monkeypatch.setattr(vital_signs, "now_s", lambda: world.now_s)
    world.live(12)
    assert (world.version, world.report["on_trial"]) == (1, False)

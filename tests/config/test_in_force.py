"""What a device is told: its own file, and over it what was pushed, within bounds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from config.around import Line
from config.fault import ConfigError
from config.in_force import AT_THE_SITE, begin, folder, read_in_force, read_version
from config.model import DeviceConfig
from config.needs import NAMING
from config.store import load
from config.trial import Standing
from config.versions import VersionStore
from config.vital_signs import note_start, take_starts

SITE = """
[device]
name = "kiosk-1"
state_dir = "{folder}/state"
run_dir = "{folder}/run"

[content]
pack = "{folder}/shipped.pack"

[broker]
host = "hub.example"
ca_file = "ca.crt"
certificate_file = "device.crt"
key_file = "device.key"

[hub]
opening_key_file = "opening.pub"
signing_key_file = "signing.pub"
"""


@dataclass
class Installed:
    """A device with its own file, and its versions."""

    folder: object

    @property
    def site(self):
        return self.folder / "site.toml"

    def push(self, **documents):
        """Put a version in force; `pack` is a content file, anything else a document."""
        store = VersionStore(folder(load(self.site)))
        sources = {}
        for name, content in documents.items():
            source = self.folder / f"{name}-{len(content)}"
            source.write_bytes(content.encode())
            sources[f"files/{name}.pack" if name == "pack" else f"{name}.toml"] = source
        number, digest = store.make(sources)
        store.note(Standing(number, digest))
        return number


@pytest.fixture
def device(tmp_path):
    (tmp_path / "site.toml").write_text(SITE.format(folder=tmp_path))
    return Installed(tmp_path)


def test_without_a_push_a_device_runs_on_its_own_file(device):
    found = read_in_force(device.site)
    assert (found.version, found.config) == (0, load(device.site))


def test_the_fleet_its_group_and_the_device_itself_are_heard_in_this_order(device):
    device.push(
        fleet='[structure]\nname = "Fleet"\n[screen]\nidle_warning_s = 90.0\n[link]\nmetered = "yes"',
        group='[structure]\nname = "Group"\n[screen]\nidle_warning_s = 80.0',
        device='[structure]\nname = "Device"',
    )
    config = read_in_force(device.site).config
    assert (config.structure.name, config.screen.idle_warning_s, config.link.metered) == ("Device", 80.0, "yes")


def test_a_pushed_pack_lies_in_its_version(device):
    number = device.push(fleet='[content]\npack = "pack.pack"', pack="bytes")
    found = read_in_force(device.site)
    assert found.version == number
    assert found.config.content.pack.read_bytes() == b"bytes"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ('[device]\nname = "kiosk-2"', "group.toml:2: device.name: only the device's own site.toml may say this"),
        ('[hub]\nsigning_key_file = "/tmp/x"', "hub.signing_key_file: only the device's own"),
        ('[broker]\nkey_file = "/tmp/x"', "broker.key_file: only the device's own"),
        ('[content]\npack = "/etc/passwd"', "content.pack: a push names a file of its own"),
        ('[content]\npack = "../x"', "content.pack: a push names a file of its own"),
        ("[content]\npack = 7", "content.pack: a push names a file of its own"),
        ('[content]\npack = "other.pack"', "content.pack: there is no file 'other.pack' with it"),
        ('device = "x"', "device: only the device's own"),
        ('[lamp]\nred = "GPIO4"', "lamp.red: only the device's own"),
        ('[keypad]\nnext = "GPIO4"', "keypad.next: only the device's own"),
        ('[power]\nignition = "GPIO4"', "power.ignition: only the device's own"),
        ('[scanner]\nusb = "046d:c31c"\nkeyboard = "fr"', "scanner.usb: only the device's own"),
        ('[sound]\ndevice = "file:/etc/passwd"', "sound.device: only the device's own"),
        ("[sound]\nfull_scale_db = 65\nusual_db = 65", "sound.full_scale_db: only the device's own"),
        ('[printer]\nqueue = "office"', "printer.queue: only the device's own"),
        ('[camera]\ndevice = "/etc/shadow"', "camera.device: only the device's own"),
        ("[screen]\nwidth_px = 1", "group.toml:2: screen.width_px"),
        ("[nonsense]\na = 1", "group.toml:1: nonsense: unknown key"),
        ("[", "not TOML"),
    ],
)
def test_a_push_that_says_what_it_may_not_is_refused_with_its_place(device, said, sentence):
    device.push(group=said)
    with pytest.raises(ConfigError) as refused:
        read_in_force(device.site)
    assert sentence in str(refused.value)


def test_all_that_is_wrong_with_a_push_is_listed(device):
    number = device.push(fleet='[device]\nname = "x"\n[screen]\nwidth_px = 1', group='[content]\npack = "a/b"')
    with pytest.raises(ConfigError) as refused:
        read_version(device.site, folder(load(device.site)) / f"versions/{number}")
    assert {problem.path for problem in refused.value.problems} == {"device.name", "screen.width_px", "content.pack"}


def test_a_start_is_noted_before_what_may_end_it_is_read(device):
    device.push(group="[")
    with pytest.raises(ConfigError):
        begin(device.site, "kiosk")
    assert take_starts(device.folder / "run") == ["kiosk"]
    assert take_starts(device.folder / "run") == []


def test_starts_that_nobody_counts_do_not_pile_up(tmp_path):
    for _ in range(50):
        note_start(tmp_path, "kiosk")
    note_start(tmp_path, "sync")
    assert take_starts(tmp_path) == ["kiosk"] * 9 + ["sync"]


def test_what_names_a_file_or_a_line_is_the_sites_to_say_or_comes_with_the_push():
    named = {
        (table.name, key.name)
        for table in msgspec.inspect.type_info(DeviceConfig).fields
        for settings in _kinds(table.type)
        for key in getattr(settings, "fields", ())
        if any(getattr(kind, "cls", None) is Path or kind == LINE for kind in _kinds(key.type))
    }
    assert {("lamp", "red"), ("camera", "device"), ("content", "pack")} <= named
    assert {path for path in named - set(NAMING) if not {path, path[:1]} & set(AT_THE_SITE)} == set()


LINE = msgspec.inspect.type_info(Line)


def _kinds(kind):
    """Return the kinds of value that a setting may have."""
    while isinstance(kind, msgspec.inspect.Metadata):
        kind = kind.type
    return [each for part in kind.types for each in _kinds(part)] if hasattr(kind, "types") else [kind]

"""`guichet devices` and its trials of what is around the screen: camera, loudspeaker, keypad, lamp and power."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from bare_site import bare_site

from drivers import recording
from drivers.event_device.records import DOWN, UP, RecordReader
from drivers.keypad.hid import USUAL_CODES
from drivers.news import Key
from drivers.simulated.gpio import SimulatedChip
from drivers.simulated.keypad import SimulatedKeypad
from drivers.simulated.sound import SimulatedSocket, SimulatedSoundCard

GUICHET = Path(sys.executable).parent / "guichet"
PATIENCE_S = 60


@pytest.fixture
def site(tmp_path):
    """Return a function that writes a configuration with these tables."""
    (tmp_path / "run").mkdir()

    return partial(bare_site, tmp_path)


def run(site, *arguments, program=(GUICHET,), **more):
    command = [*program, "devices", *arguments, "--config", site]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, **more)


def supplies(folder, online):
    (folder / "AC").mkdir(parents=True)
    (folder / "AC/type").write_text("Mains\n")
    (folder / "AC/online").write_text(f"{online}\n")
    return folder


def test_each_device_is_listed_with_where_it_is_looked_for(site, tmp_path):
    path = site(f"""
[camera]
device = "/dev/video0"
[sound]
device = "plughw:CARD=Device"
headphones = "Front Headphone"
[keypad]
path = "/dev/input/by-id/pad"
[lamp]
chip = "pinctrl-rp1"
green = "GPIO22"
[power]
supplies = "{tmp_path}"
ignition_chip = "pinctrl-rp1"
ignition = "GPIO4"
""")
    told = json.loads(run(path, "--json").stdout)["configured"]
    assert {name: line["where"] for name, line in told.items()} == {
        "camera": "/dev/video0",
        "speaker": "plughw:CARD=Device",
        "headphones": "Front Headphone",
        "keypad": "/dev/input/by-id/pad",
        "lamp": "pinctrl-rp1",
        "power": str(tmp_path),
        "ignition": "pinctrl-rp1 GPIO4",
    }


def test_the_loudspeaker_beeps_and_says_a_sentence(site, tmp_path):
    path = site(f'[sound]\ndevice = "kiosk"\nheadphones = "{tmp_path / "card/socket"}"\n')
    env = {**os.environ, "ALSA_CONFIG_PATH": str(tmp_path / "card/asound.conf")}
    command = [GUICHET, "devices", "try", "speaker", "--config", path]
    with SimulatedSoundCard(tmp_path / "card") as card, SimulatedSocket(tmp_path / "card/socket") as socket:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as trying:
            assert "the headphone socket answers\n" in iter(trying.stdout.readline, "")
            socket.plug()
            assert trying.stdout.readline() == "headphones are plugged in\n"
        assert card.wait_for_sound(3.0)


def test_a_keypad_is_recorded_without_which_keys_they_were(site, tmp_path):
    path, out = site(f'[keypad]\npath = "{tmp_path / "pad"}"\n'), tmp_path / "keypad.jsonl"
    command = [GUICHET, "devices", "record", "keypad", "-o", out, "--for", "2", "--config", path]
    with SimulatedKeypad(tmp_path / "pad") as pad, subprocess.Popen(command, stdout=subprocess.PIPE) as recording_it:
        assert b"press the keys" in recording_it.stdout.readline()
        while select.select([recording_it.stdout], [], [], 0.05)[0] == []:
            pad.tap(Key.BACK)  # what is pressed before it listens is dropped
    kept = [
        each for step in recording.decode(out.read_bytes()) for each in RecordReader().receive(bytes.fromhex(step.came))
    ]
    assert {(each.code, each.value) for each in kept} == {(USUAL_CODES[Key.NEXT], value) for value in (UP, DOWN)}


def test_each_key_is_named_as_it_is_pressed(site, tmp_path):
    path = site(f'[keypad]\npath = "{tmp_path / "pad"}"\n')
    with SimulatedKeypad(tmp_path / "pad") as pad:
        command = [GUICHET, "devices", "try", "keypad", "--config", path]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as trying:
            lines = iter(trying.stdout.readline, "")
            assert next(line for line in lines if line == "press each of the four keys\n")
            for key in Key:
                pad.tap(key)
                assert next(lines) == f"{key.name.lower()}\n"
            assert next(lines) == "all four keys work\n"


def test_a_key_that_is_never_heard_is_named(site, tmp_path):
    path = site(f'[keypad]\npath = "{tmp_path / "pad"}"\n')
    with SimulatedKeypad(tmp_path / "pad"):
        done = run(path, "try", "keypad", "--for", "0.2")
    assert done.stderr.strip().endswith("not heard: previous, next, choose, back")


def test_the_lamp_shows_each_signal_in_turn(site, tmp_path):
    told = []
    path = site(f'[lamp]\nchip = "{tmp_path / "chip"}"\ngreen = "1"\nred = "2"\n')
    program = (sys.executable, "-m", "drivers.simulated.gpio_kernel", "kiosk.commands")
    with SimulatedChip(tmp_path / "chip", ["else", "green", "red"], lambda line, level: told.append((line, level))):
        done = run(path, "try", "lamp", "--for", "0.1", program=program, cwd=Path(__file__).parents[2])
    assert done.stdout.splitlines()[1:] == ["off", "ready", "busy", "waiting", "help", "fault"]
    assert {("green", True), ("red", True)} <= set(told)


def test_what_feeds_the_device_is_said(site, tmp_path):
    path = site(f'[power]\nsupplies = "{supplies(tmp_path / "supplies", online=1)}"\n')
    assert run(path, "try", "power").stdout.splitlines()[-1] == (
        "power: the device lives on the mains, or a bus whose ignition is on"
    )


def test_supplies_that_do_not_say_what_feeds_the_device_are_named(site, tmp_path):
    path = site(f'[power]\nsupplies = "{supplies(tmp_path / "supplies", online=0)}"\n')
    done = run(path, "try", "power")
    assert done.stderr.startswith("guichet: the power is there and does not answer")


@pytest.mark.parametrize("device", ["camera", "speaker", "keypad", "lamp", "power"])
def test_what_is_not_configured_cannot_be_tried(site, device):
    done = run(site(""), "try", device)
    assert (done.returncode, "configured" in done.stderr) == (2, True)

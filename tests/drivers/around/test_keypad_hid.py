"""A pad of four keys on the records of /dev/input/event*."""

from __future__ import annotations

import errno
import subprocess
import sys

import pytest
from keypad_rig import HidKeypadRig

from drivers.event_device.node import EventNode
from drivers.event_device.place import node_path
from drivers.event_device.records import DOWN, DROPPED, EV_KEY, EV_SYN, REPEATED, SYN_REPORT, UP, Record, encode
from drivers.interface import Caution, DeviceError, DeviceName, DeviceUp, Fault
from drivers.keypad.hid import HidKeypad
from drivers.keypad.presses import Timing
from drivers.news import Key, KeyHeld, KeyPressed, KeyReleased

PAD = DeviceName("keypad")
TAP = (KeyPressed(PAD, Key.CHOOSE), KeyReleased(PAD, Key.CHOOSE))


@pytest.fixture
def rig(tmp_path):
    return HidKeypadRig(PAD, tmp_path)


def test_a_tap_is_a_press_and_a_release(rig, run, news):
    with rig.device() as keypad:
        run(rig.driver())
        news.wait_for(DeviceUp(PAD))
        keypad.tap(Key.CHOOSE)
        news.wait_for(*TAP)
    assert news.events == [DeviceUp(PAD), *TAP]


def test_a_long_press_is_told_while_the_key_is_still_down(rig, run, news):
    with rig.device() as keypad:
        run(rig.driver(timing=Timing(0.0, long_press_s=0.05)))
        news.wait_for(DeviceUp(PAD))
        keypad.press(Key.BACK)
        news.wait_for(KeyPressed(PAD, Key.BACK), KeyHeld(PAD, Key.BACK))


def test_a_jammed_key_leaves_the_others_serving(rig, run, news):
    with rig.device() as keypad:
        run(rig.driver(timing=Timing(0.0, long_press_s=0.02, stuck_s=0.05)))
        news.wait_for(DeviceUp(PAD))
        keypad.press(Key.BACK)
        news.wait_for(KeyReleased(PAD, Key.BACK), DeviceUp(PAD, Caution.KEY_STUCK))
        keypad.tap(Key.CHOOSE)
        keypad.release(Key.BACK)
        news.wait_for(*TAP, DeviceUp(PAD))


def test_what_the_pad_repeats_by_itself_and_other_keys_say_nothing(rig, run, news):
    with rig.device() as keypad:
        run(rig.driver())
        news.wait_for(DeviceUp(PAD))
        keypad.press(Key.CHOOSE)
        keypad.say(Record(EV_KEY, 28, REPEATED), Record(EV_KEY, 30, DOWN), Record(EV_KEY, 30, UP))
        keypad.release(Key.CHOOSE)
        keypad.tap(Key.CHOOSE)
        news.wait_for(*TAP, *TAP)
    assert news.events == [DeviceUp(PAD), *TAP, *TAP]


def test_a_pad_unplugged_with_a_key_down_releases_it(rig, run, news):
    with rig.device() as keypad:
        running = run(rig.driver())
        news.wait_for(DeviceUp(PAD))
        keypad.press(Key.NEXT)
        news.wait_for(KeyPressed(PAD, Key.NEXT))
    assert running.wait() is Fault.UNPLUGGED
    assert news.events[-1] == KeyReleased(PAD, Key.NEXT)


def test_what_the_kernel_dropped_is_asked_for_anew(rig, run, news):
    with rig.device() as keypad:
        run(rig.driver())
        news.wait_for(DeviceUp(PAD))
        keypad.press(Key.NEXT)
        keypad.send(encode(DROPPED) + encode(Record(EV_SYN, SYN_REPORT, 0)))  # a pipe says that nothing is down
        news.wait_for(KeyPressed(PAD, Key.NEXT), KeyReleased(PAD, Key.NEXT))


@pytest.mark.parametrize(
    ("number", "fault"),
    [(errno.EIO, Fault.UNPLUGGED), (errno.ENODEV, Fault.UNPLUGGED), (errno.EAGAIN, Fault.NOT_ANSWERING)],
)
def test_nasty_15_a_kernel_that_gives_errors_for_ever_loses_the_pad(rig, number, fault):
    def read(_fd, _length):
        raise OSError(number, "no")

    def read_for_ever():
        while True:
            node.read(0.1)

    with rig.device() as keypad, EventNode(rig.path, read) as node:
        keypad.tap(Key.NEXT)
        with pytest.raises(DeviceError) as lost:
            read_for_ever()
    assert lost.value.fault is fault


def test_the_simulated_pad_obeys_commands_as_a_program(tmp_path, run, news):
    path = tmp_path / "pad"
    command = [sys.executable, "-m", "drivers.simulated.keypad", "--path", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout.readline() == f"ready {path}\n"
        run(HidKeypad(PAD, str(path)))
        news.wait_for(DeviceUp(PAD))
        program.stdin.write("tap choose\n")
        program.stdin.flush()
        news.wait_for(*TAP)
        program.stdin.close()
        assert program.wait(5) == 0
    assert not path.exists()


@pytest.fixture
def sysfs(tmp_path):
    for event, name in (("event0", "Power Button"), ("event3", "Pavé 4 touches"), ("event7", "Front Headphone")):
        (tmp_path / event / "device").mkdir(parents=True)
        (tmp_path / event / "device/name").write_text(f"{name}\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("where", "path"),
    [("Front Headphone", "/dev/input/event7"), ("Pavé 4 touches", "/dev/input/event3"), ("/dev/x", "/dev/x")],
)
def test_an_input_device_is_found_by_its_name_or_its_path(sysfs, where, path):
    assert str(node_path(where, sysfs)) == path


def test_nasty_03_an_input_device_that_changed_its_number_is_found_by_its_name(sysfs):
    (sysfs / "event7").rename(sysfs / "event1")
    assert str(node_path("Front Headphone", sysfs)) == "/dev/input/event1"


def test_nasty_09_two_input_devices_that_swap_numbers_are_told_apart_by_their_names(sysfs):
    for before, after in (("event3", "free"), ("event7", "event3"), ("free", "event7")):
        (sysfs / before).rename(sysfs / after)
    assert [str(node_path(name, sysfs)) for name in ("Front Headphone", "Pavé 4 touches")] == [
        "/dev/input/event3",
        "/dev/input/event7",
    ]


def test_an_input_device_nobody_plugged_in_is_told(sysfs):
    with pytest.raises(DeviceError) as absent:
        node_path("Back Headphone", sysfs)
    assert absent.value.fault is Fault.UNPLUGGED

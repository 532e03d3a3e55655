"""Whatever is plugged in is looked for at once, with udev and without."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from keypad_rig import HidKeypadRig

from drivers.hotplug import Hotplug
from drivers.interface import DeviceName, DeviceUp
from drivers.supervisor import Supervisor

# The child runs what is tested here, not what is installed.
_ENV = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}


@contextmanager
def hotplug(plugged_in, root):
    thread = Hotplug(plugged_in, root, look_s=0.02)
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()
        assert not any(each.name == "hotplug" for each in threading.enumerate())


@pytest.mark.parametrize(
    "path", ["dev/serial/by-id/usb-Zebra", "dev/input/by-id/usb-Pad-event-kbd", "dev/usb/lp0", "dev/gpiochip2"]
)
def test_where_there_is_no_udev_what_is_plugged_in_is_seen(tmp_path, path):
    told = threading.Event()
    (tmp_path / "dev").mkdir()
    with hotplug(told.set, tmp_path):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
        assert told.wait(5)


def test_what_is_unplugged_or_was_there_before_is_not_told(tmp_path):
    told = threading.Event()
    (tmp_path / "dev/usb").mkdir(parents=True)
    (tmp_path / "dev/usb/lp0").touch()
    with hotplug(told.set, tmp_path) as thread:
        _let_it_look(thread)
        (tmp_path / "dev/usb/lp0").unlink()
        _let_it_look(thread)
        assert not told.is_set()
        (tmp_path / "dev/usb/lp0").touch()
        assert told.wait(5)


def test_a_folder_that_cannot_be_read_stops_nothing(tmp_path):
    told = threading.Event()
    (tmp_path / "dev/usb").mkdir(parents=True)
    (tmp_path / "dev/input").write_bytes(b"no folder")
    with hotplug(told.set, tmp_path):
        (tmp_path / "dev/usb/lp0").touch()
        assert told.wait(5)


def test_the_supervisor_opens_at_once_what_was_plugged_in(tmp_path, news):
    rig = HidKeypadRig(DeviceName("keypad"), tmp_path / "dev/input")
    long_waits = {"jitter": lambda _: 60.0}
    supervisor = Supervisor([rig.driver()], news, **long_waits)
    supervisor.start()
    try:
        with hotplug(supervisor.look_again, tmp_path), rig.device():
            news.wait_for(DeviceUp(DeviceName("keypad")), patience_s=5)
    finally:
        supervisor.stop()


@pytest.mark.parametrize("cycles", [100, pytest.param(10_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_nasty_16_pluggings_leave_no_thread_and_no_file_behind(tmp_path, cycles):
    told = threading.Semaphore(0)
    (tmp_path / "dev/usb").mkdir(parents=True)
    before = threading.active_count()
    thread = Hotplug(told.release, tmp_path, look_s=0)
    thread.start()
    for _ in range(cycles):
        (tmp_path / "dev/usb/lp0").touch()
        assert told.acquire(timeout=5)
        (tmp_path / "dev/usb/lp0").unlink()
        _let_it_look(thread)
    files = len(list(Path("/proc/self/fd").iterdir()))
    thread.stop()
    assert threading.active_count() == before
    assert len(list(Path("/proc/self/fd").iterdir())) <= files


def _let_it_look(thread):
    for _ in range(2):  # one look may have begun before the change
        thread.looked.clear()
        assert thread.looked.wait(5)


@pytest.mark.skipif(shutil.which("umockdev-wrapper") is None, reason="umockdev is not installed")
def test_what_udev_tells_is_heard(tmp_path):
    (tmp_path / "run/udev").mkdir(parents=True)
    (tmp_path / "run/udev/control").touch()
    child = [sys.executable, str(Path(__file__).with_name("udev_child.py")), str(tmp_path)]
    said = subprocess.run(
        ["umockdev-wrapper", *child], capture_output=True, text=True, timeout=30, check=False, env=_ENV
    )
    assert said.stdout == "listening heard ended", said.stderr


class Udev:
    """What listens to udev, where `says` is said to every question, at once."""

    def __init__(self, says):
        self._says = says

    def poll(self, _timeout):
        return self._says()


def overflowed():
    raise OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS))


def test_nasty_08_a_plug_that_comes_a_thousand_times_a_second_is_told_five_times(tmp_path, monkeypatch):
    told = threading.Semaphore(0)
    monkeypatch.setattr(Hotplug, "_listen", lambda _: Udev(lambda: SimpleNamespace(action="add")))
    thread = Hotplug(told.release, tmp_path)
    begun_s = time.monotonic()
    thread.start()
    for _ in range(5):
        assert told.acquire(timeout=5)
    thread.stop()
    assert time.monotonic() - begun_s > 0.75


def test_nasty_15_where_the_kernel_forgot_what_udev_said_all_is_looked_for_and_udev_heard_on(tmp_path, monkeypatch):
    told = threading.Semaphore(0)
    monkeypatch.setattr(Hotplug, "_listen", lambda _: Udev(overflowed))
    with hotplug(told.release, tmp_path):
        for _ in range(3):
            assert told.acquire(timeout=5)

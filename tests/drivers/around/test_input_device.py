"""A character device under /dev/input with the kernel's ioctls, as umockdev plays one: grab, keys down, switches on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# The child runs what is tested here, not what is installed.
_ENV = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
DEVICE = """\
P: /devices/pci0000:00/usb1/1-1/input/input5/event5
N: input/event5
E: DEVNAME=/dev/input/event5
E: SUBSYSTEM=input
A: dev=13:69
"""
# KEY_ENTER (28) is down and SW_HEADPHONE_INSERT (2) is on when it is opened.
IOCTLS = f"""\
@DEV /dev/input/event5
EVIOCGKEY 96 {(1 << 28).to_bytes(96, "little").hex()}
EVIOCGSW 96 {(1 << 2).to_bytes(96, "little").hex()}
"""
# KEY_ENTER comes up, which nobody saw go down; KEY_DOWN (0x6c) is tapped.
EVENTS = """\
E: 0.000000 0001 001c 0000
E: 0.000001 0000 0000 0000
E: 0.100000 0001 006c 0001
E: 0.100001 0000 0000 0000
E: 0.200000 0001 006c 0000
E: 0.200001 0000 0000 0000
"""


@pytest.mark.skipif(shutil.which("umockdev-run") is None, reason="umockdev is not installed")
def test_a_device_file_is_grabbed_and_asked_for_its_state(tmp_path):
    for name, content in (("device", DEVICE), ("ioctls", IOCTLS), ("events", EVENTS)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    plays = [f"--device={tmp_path / 'device'}", f"--ioctl=/dev/input/event5={tmp_path / 'ioctls'}"]
    types = f"--evemu-events=/dev/input/event5={tmp_path / 'events'}"
    child = [sys.executable, str(Path(__file__).with_name("input_child.py"))]
    done = subprocess.run(
        ["umockdev-run", *plays, types, "--", *child], capture_output=True, text=True, timeout=30, check=False, env=_ENV
    )
    assert done.stdout.split() == [
        *("DeviceUp", "JackChanged", "HEADPHONES"),
        *("DeviceUp", "KeyPressed", "NEXT", "KeyReleased", "NEXT"),
    ], done.stderr

"""Scanners found, opened and read as devices of the kernel, which umockdev shows: by the same driver, by USB id."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from drivers.interface import DeviceName, DeviceUp
from drivers.news import Scanned

pytestmark = pytest.mark.skipif(not shutil.which("umockdev-run"), reason="needs umockdev")

DEVICE = DeviceName("scanner")
PROGRAM = """\
import threading
from drivers.interface import DeviceName
from drivers.scanner.hid import HidScanner
from drivers.scanner.place import UsbId
from drivers.scanner.serial_port import SerialScanner
stop = threading.Event()
def emit(event):
    print(event, flush=True)
    if "Scanned" in str(event):
        stop.set()
{driver}.run(emit, stop)
"""

INPUT = r"""
P: /devices/usb1/1-1/1-1:1.0/0003:0C2E:0B61.0001/input/input7
E: SUBSYSTEM=input
A: uniq=12345\n
A: phys=usb-1/input0\n
A: id/vendor=0c2e\n
A: id/product=0b61\n
A: capabilities/key=1 0 fffffffe\n

P: /devices/usb1/1-1/1-1:1.0/0003:0C2E:0B61.0001/input/input7/event3
N: input/event3
E: DEVNAME=/dev/input/event3
E: MAJOR=13
E: MINOR=67
E: SUBSYSTEM=input
A: dev=13:67\n
L: device=../../input7
"""
KEYS = """\
E: 0.000000 0001 0010 1
E: 0.000000 0000 0000 0
E: 0.010000 0001 0010 0
E: 0.010000 0000 0000 0
E: 0.020000 0001 001c 1
E: 0.020000 0000 0000 0
"""
PORT = r"""
P: /devices/usb1/1-2
E: SUBSYSTEM=usb
E: DEVTYPE=usb_device
A: idVendor=0c2e\n
A: idProduct=0b61\n
A: serial=12345\n
A: bNumInterfaces= 2\n

P: /devices/usb1/1-2/1-2:1.0
E: SUBSYSTEM=usb
E: DEVTYPE=usb_interface

P: /devices/usb1/1-2/1-2:1.0/tty/ttyACM0
N: ttyACM0
E: DEVNAME=/dev/ttyACM0
E: MAJOR=166
E: MINOR=0
E: SUBSYSTEM=tty
A: dev=166:0\n
L: device=../../../1-2:1.0
"""
LINE = "d 0 /dev/ttyACM0\nr 300 F14128^M\n"


@pytest.fixture
def told(tmp_path):
    """Run a driver on a machine that has one device, which plays what was recorded; return what it told."""

    def run(driver, machine, option, node, recorded):
        (tmp_path / "machine").write_text(machine.lstrip())
        (tmp_path / "recorded").write_text(recorded)
        mocked = ["umockdev-run", "-d", tmp_path / "machine", option, f"{node}={tmp_path / 'recorded'}", "--"]
        command = [*mocked, sys.executable, "-c", PROGRAM.format(driver=driver)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_a_keyboard_of_the_kernel_is_found_grabbed_and_read(told):
    driver = "HidScanner(DeviceName('scanner'), UsbId(0x0C2E, 0x0B61))"
    expected = [str(DeviceUp(DEVICE)), str(Scanned(DEVICE, b"a"))]
    assert told(driver, INPUT, "-e", "/dev/input/event3", KEYS) == expected


def test_a_serial_port_of_the_kernel_is_found_opened_and_read(told):
    driver = "SerialScanner(DeviceName('scanner'), UsbId(0x0C2E, 0x0B61, '12345'), 9600)"
    expected = [str(DeviceUp(DEVICE)), str(Scanned(DEVICE, b"F14128"))]
    assert told(driver, PORT, "-s", "/dev/ttyACM0", LINE) == expected

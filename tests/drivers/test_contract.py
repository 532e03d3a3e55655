"""The promises every driver keeps, on its simulator, on the bytes of the wire."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from camera_rig import CameraChildRig, CameraRig
from document_rig import DocumentScannerRig
from gpio_rig import GpioKeypadRig, GpioLampRig, IgnitionLineRig
from hardware_rig import HardwareRig, by_command, by_hand
from hid_scanner_rig import HidScannerRig
from keypad_rig import HidKeypadRig
from power_rig import PowerSuppliesRig
from printer_rig import NetworkPrinterRig, SerialPrinterRig, UsbPrinterRig
from reader_rig import CardReaderRig, UsbCardReaderRig
from serial_scanner_rig import SerialScannerRig
from sound_rig import HeadphoneSocketRig, SpeakerRig

from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.supervisor import Supervisor

DEVICE = DeviceName("device")


# Each adapter with the device it is tried on: `driver()` makes one, `device()` is a context, plugged in inside of it.
RIGS = [
    NetworkPrinterRig,
    SerialPrinterRig,
    UsbPrinterRig,
    SerialScannerRig,
    HidKeypadRig,
    GpioKeypadRig,
    GpioLampRig,
    IgnitionLineRig,
    PowerSuppliesRig,
    SpeakerRig,
    HeadphoneSocketRig,
    CardReaderRig,
    UsbCardReaderRig,
    HidScannerRig,
    CameraRig,
    CameraChildRig,
    DocumentScannerRig,
]


def pytest_generate_tests(metafunc):
    """Try every simulator, or the real devices that the command line names."""
    if "rig_of" not in metafunc.fixturenames:
        return
    option = partial(metafunc.config.getoption, default="")
    named = [each.partition("=")[::2] for each in option("--hardware") or []]
    plug = by_command(option("--plug"), option("--unplug")) if option("--plug") else by_hand
    real = [partial(HardwareRig, kind=kind, where=where, plug=plug) for kind, where in named]
    ids = [kind for kind, _ in named] or [rig.__name__.removesuffix("Rig") for rig in RIGS]
    metafunc.parametrize("rig_of", real or RIGS, ids=ids)


@pytest.fixture
def rig(rig_of, tmp_path):
    made = rig_of(DEVICE, tmp_path)
    yield made
    getattr(made, "close", lambda: None)()


def absent(rig):
    """Return why a device that is not there does not serve; of some, a service of the system's is what is missing."""
    return getattr(rig, "absent", Fault.UNPLUGGED)


def test_a_device_that_is_not_there_is_told_as_absent(rig, run, news):
    assert run(rig.driver()).wait() is absent(rig)
    assert news.events == []


def test_a_device_that_is_there_is_told_as_up(rig, run, news):
    with rig.device():
        run(rig.driver())
        news.wait_for(DeviceUp(DEVICE))


def test_a_device_unplugged_while_it_serves_is_told_as_absent(rig, run, news):
    with rig.device():
        running = run(rig.driver())
        news.wait_for(DeviceUp(DEVICE))
    assert running.wait() is absent(rig)


def test_a_stopped_driver_ends_quickly_and_without_complaint(rig, run, news):
    with rig.device():
        running = run(rig.driver())
        news.wait_for(DeviceUp(DEVICE))
        assert running.stop() is None


def test_a_stopped_driver_has_let_go_of_its_device(rig, run, news):
    with rig.device():
        running = run(rig.driver())
        news.wait_for(DeviceUp(DEVICE))
        running.stop()
        run(rig.driver())
        news.wait_for(DeviceUp(DEVICE), DeviceUp(DEVICE))


def test_a_device_plugged_in_again_is_opened_by_the_supervisor(rig, news):
    supervisor = Supervisor([rig.driver()], news, jitter=lambda _: 0.01)
    with ExitStack() as ending:
        ending.callback(supervisor.stop)
        with rig.device():
            supervisor.start()
            news.wait_for(DeviceUp(DEVICE))
        news.wait_for(DeviceDown(DEVICE, absent(rig)))
        ending.enter_context(rig.device())
        news.wait_for(DeviceUp(DEVICE), DeviceDown(DEVICE, absent(rig)), DeviceUp(DEVICE))


def test_a_device_that_comes_late_is_opened_by_the_supervisor(rig, news):
    supervisor = Supervisor([rig.driver()], news, jitter=lambda _: 0.01)
    with ExitStack() as ending:
        ending.callback(supervisor.stop)
        supervisor.start()
        news.wait_for(DeviceDown(DEVICE, absent(rig)))
        ending.enter_context(rig.device())
        news.wait_for(DeviceDown(DEVICE, absent(rig)), DeviceUp(DEVICE))


def test_replugs_leave_no_thread_and_no_file_open(rig, run):
    with rig.device():
        run(rig.driver()).stop()
    before = _held()
    for _ in range(getattr(rig, "replugs", 20)):
        with rig.device():
            run(rig.driver()).stop()
    assert _held() == before


def _held():
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

"""A receipt printer through every nasty case, on the network, on a serial line and behind a USB device file.

Case 12, trouble at every byte of a job, stands in test_every_byte.py; the cases' numbers are those of docs/devices.md.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from cycles import leave_nothing_behind
from printer_rig import NetworkPrinterRig, SerialPrinterRig, UsbPrinterRig

from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted, Printed
from drivers.printer.elements import Text
from drivers.printer.lines.device_file import FileLine, fault_of
from drivers.printer.receipt_printer import PrintJob, Settings
from drivers.simulated.switches import Switches
from drivers.supervisor import Supervisor

DEVICE = DeviceName("printer")
UP = DeviceUp(DEVICE)
# As on a kiosk: what is named in time here is named in time there.
AS_SHIPPED = Settings()
NAMED_S = 2.0
SERVES_AGAIN_S = 5.0
RIGS = [NetworkPrinterRig, SerialPrinterRig, UsbPrinterRig]
each_rig = pytest.mark.parametrize("rig", RIGS, indirect=True, ids=lambda rig: rig.__name__.removesuffix("Rig"))
port_rigs = pytest.mark.parametrize("rig", RIGS[1:], indirect=True, ids=lambda rig: rig.__name__.removesuffix("Rig"))


@pytest.fixture
def rig(request, tmp_path):
    return request.param(DEVICE, tmp_path)


@pytest.fixture
def supervise(news):
    """Keep a driver open as the kiosk does."""
    with ExitStack() as ending:

        def start(driver):
            supervisor = Supervisor([driver], news)
            supervisor.start()
            ending.callback(supervisor.stop)
            return driver

        yield start


def paper(number):
    return PrintJob(number, (Text(f"Papier {number}"),))


def down(fault):
    return DeviceDown(DEVICE, fault)


@each_rig
def test_nasty_01_a_printer_plugged_in_later_serves(rig, supervise, news):
    driver = supervise(rig.driver(AS_SHIPPED))
    news.wait_for(down(Fault.UNPLUGGED), patience_s=NAMED_S)
    with rig.device() as device:
        news.wait_for(UP, patience_s=SERVES_AGAIN_S)
        driver.submit(paper(1))
        news.wait_for(Printed(DEVICE, 1))
        assert [roll.text_lines for roll in device.papers] == [["Papier 1"]]


@each_rig
def test_nasty_02_a_printer_unplugged_in_the_middle_of_a_job_is_named_and_serves_again(rig, supervise, news):
    with rig.device() as device:
        driver = supervise(rig.driver(AS_SHIPPED))
        news.wait_for(UP)
        device.switch(Switches(drop_after_bytes=150))
        driver.submit(PrintJob(1, (Text("Papier 1 " * 40),)))
        news.wait_for(NotPrinted(DEVICE, 1, Fault.UNPLUGGED), down(Fault.UNPLUGGED), patience_s=NAMED_S)
    with rig.device() as device:
        news.wait_for(UP, down(Fault.UNPLUGGED), UP, patience_s=SERVES_AGAIN_S)
        driver.submit(paper(2))
        news.wait_for(Printed(DEVICE, 2))
        assert [roll.text_lines[-1] for roll in device.papers] == ["  PAPIER INTERROMPU, A JETER  ", "Papier 2"]


@port_rigs
def test_nasty_03_a_printer_plugged_back_under_another_path_is_found_by_its_name(rig, supervise, news):
    with rig.device() as device, rig.device() as moved:  # the second takes over the name, on another terminal
        driver = supervise(rig.driver(AS_SHIPPED))
        news.wait_for(UP)
        driver.submit(paper(1))
        news.wait_for(Printed(DEVICE, 1))
        assert (len(device.papers), len(moved.papers)) == (0, 1)


@each_rig
@pytest.mark.parametrize("switches", [Switches(mute=True), Switches(late_s=10)], ids=["04-mute", "05-late"])
def test_nasty_04_05_a_printer_that_does_not_answer_in_time_is_named(rig, supervise, news, switches):
    with rig.device() as device:
        driver = supervise(rig.driver(AS_SHIPPED))
        news.wait_for(UP)
        device.switch(switches)
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S + 0.5)
        driver.submit(paper(1))
        news.wait_for(NotPrinted(DEVICE, 1, Fault.NOT_ANSWERING), patience_s=NAMED_S)
        device.switch(Switches())
        news.wait_for(down(Fault.NOT_ANSWERING), UP, patience_s=SERVES_AGAIN_S)


@each_rig
@pytest.mark.parametrize(
    "garbage",
    [os.urandom(200_000), bytes(200_000), b"\xff\xfe\xc3" * 50_000, b"\x12" * 50_000, b"x" * 200_000],
    ids=["noise", "nuls", "bad-utf8", "answers-nobody-asked-for", "endless-line"],
)
def test_nasty_06_a_printer_that_talks_nonsense_is_named_and_serves_again(rig, supervise, news, garbage):
    with rig.device() as device:
        driver = supervise(rig.driver(AS_SHIPPED))
        news.wait_for(UP)
        talking = threading.Thread(target=device.mechanism.say, args=(garbage,))
        talking.start()
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)
        talking.join(10)
        news.wait_for(down(Fault.NOT_ANSWERING), UP, patience_s=SERVES_AGAIN_S)
        driver.submit(paper(1))
        news.wait_for(Printed(DEVICE, 1))


@each_rig
@pytest.mark.parametrize("half", [b"\x10\x00", b"\x37\x22\x30\x30"], ids=["automatic-status", "process-id"])
def test_nasty_07_half_an_answer_and_silence_is_no_answer(rig, supervise, news, half):
    with rig.device() as device:
        supervise(rig.driver(AS_SHIPPED))
        news.wait_for(UP)
        device.switch(Switches(mute=True))
        device.mechanism.say(half)
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S + 0.5)


@each_rig
def test_nasty_08_a_thousand_jobs_for_a_printer_that_is_away_are_refused_at_once(rig, supervise, news):
    driver = supervise(rig.driver(AS_SHIPPED))
    news.wait_for(down(Fault.UNPLUGGED))
    for number in range(1000):
        driver.submit(paper(number))
    refused = [event.job_id for event in news.events if isinstance(event, NotPrinted)]
    assert sorted(refused) == list(range(1000))


@each_rig
def test_nasty_08_a_burst_of_jobs_is_printed_in_order_each_once(rig, supervise, news):
    with rig.device() as device:
        driver = supervise(rig.driver())
        news.wait_for(UP)
        for number in range(25):
            driver.submit(paper(number))
        news.wait_for(*(Printed(DEVICE, number) for number in range(25)))
        assert [roll.text_lines for roll in device.papers] == [[f"Papier {number}"] for number in range(25)]


@port_rigs
def test_nasty_09_two_printers_that_swap_places_are_told_apart_by_their_names(rig, tmp_path, supervise, news):
    other = type(rig)(DeviceName("other"), tmp_path / "other")
    with other.device() as second, rig.device() as first:
        kept, gone = first.link.readlink(), second.link.readlink()
        assert kept != gone
        for one, sits in (
            (first, gone),
            (second, kept),
        ):  # each cable in the other's socket, each name with its printer
            assert one.link.exists()
            assert sits.exists()
        driver = supervise(rig.driver(AS_SHIPPED))
        news.wait_for(UP)
        driver.submit(paper(1))
        news.wait_for(Printed(DEVICE, 1))
        assert (len(first.papers), len(second.papers)) == (1, 0)


@pytest.mark.parametrize("rig", [SerialPrinterRig], indirect=True, ids=["SerialPrinter"])
def test_nasty_10_a_port_held_by_another_process_is_busy(rig, run):
    with rig.device() as device, device.link.open("rb+", buffering=0) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run(rig.driver()).wait() is Fault.BUSY


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.EACCES, Fault.REFUSED),
        (errno.EPERM, Fault.REFUSED),
        (errno.EBUSY, Fault.BUSY),
        (errno.ENOENT, Fault.UNPLUGGED),
        (errno.ENODEV, Fault.UNPLUGGED),
        (errno.ENXIO, Fault.UNPLUGGED),
    ],
)
def test_nasty_10_why_a_device_file_does_not_open_is_named(number, fault):
    assert fault_of(OSError(number, "no")) is fault


@each_rig
def test_nasty_13_a_printer_back_after_an_hour_prints_nothing_of_before(rig, supervise, news):
    driver = supervise(rig.driver(AS_SHIPPED))
    news.wait_for(down(Fault.UNPLUGGED))
    for number in range(20):
        driver.submit(paper(number))
    with rig.device() as device:
        news.wait_for(UP, patience_s=SERVES_AGAIN_S)
        driver.submit(paper(20))
        news.wait_for(Printed(DEVICE, 20))
        assert [roll.text_lines for roll in device.papers] == [["Papier 20"]]


@port_rigs
def test_nasty_15_a_kernel_that_takes_nothing_for_ever_is_named_and_not_waited_for(rig, supervise, news):
    with rig.device() as device:
        driver = supervise(rig.driver(AS_SHIPPED))
        news.wait_for(UP)
        device.switch(Switches(stalled=True))
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S + 0.5)
        driver.submit(paper(1))
        news.wait_for(NotPrinted(DEVICE, 1, Fault.NOT_ANSWERING))


def test_nasty_15_an_error_of_the_kernel_loses_the_line(tmp_path):
    far, near = os.openpty()
    line = FileLine.open_usb(Path(os.ttyname(near)))
    os.close(near)
    os.close(far)
    for use in (lambda: line.write(b"x", 0.1), lambda: line.read(0.1)):
        with pytest.raises(OSError, match="unplugged"):
            use()
    line.close()
    with pytest.raises(DeviceError):
        FileLine.open_usb(tmp_path / "absent")


@each_rig
@pytest.mark.parametrize("cycles", [30, pytest.param(10_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_nasty_16_plug_cycles_leave_no_thread_file_or_memory_behind(rig, news, cycles):
    def cycle():
        supervisor = Supervisor([rig.driver()], news)
        with rig.device():
            supervisor.start()
            news.wait_for(UP)
            supervisor.stop()
        news.events.clear()

    leave_nothing_behind(cycle, cycles)

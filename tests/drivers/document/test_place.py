"""A scanner is found wherever it is plugged in, and never taken for another."""

from __future__ import annotations

import socket
import threading

import pytest
from document_rig import DocumentScannerRig
from usb_scanners_rig import UsbScanners

from drivers.document.pages import PageFolder
from drivers.document.place import Place, Waits
from drivers.document.scanner import DocumentScanner, ScanJob
from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import ScanEnded, ScanFailed
from drivers.supervisor import Supervisor

DEVICE = DeviceName("documents")
UP = DeviceUp(DEVICE)
GONE, UNCERTAIN = DeviceDown(DEVICE, Fault.UNPLUGGED), DeviceDown(DEVICE, Fault.AMBIGUOUS)
STARTING = DeviceDown(DEVICE, Fault.STARTING)
OURS, OTHER, TWIN = "DS-310", "DS-730", "DS-310"


@pytest.fixture
def plugged(tmp_path, monkeypatch):
    rig = DocumentScannerRig(DEVICE, tmp_path)
    with rig.device():
        yield UsbScanners(tmp_path, monkeypatch)


def named(place):
    return place.name(threading.Event(), lambda: None)


@pytest.fixture
def supervised(plugged, news):
    supervisors = []

    def start(device):
        driver = DocumentScanner(DEVICE, device, ("--resolution", "50"), page_s=3.0, look_s=0.3, usb=plugged.usb)
        supervisors.append(Supervisor([driver], news))
        supervisors[-1].start()
        return driver

    yield start
    for supervisor in supervisors:
        supervisor.stop()


@pytest.mark.parametrize("device", ["epsonds:libusb:001:004", "EPSON DS-310"], ids=["number", "model"])
def test_nasty_03_a_scanner_plugged_back_under_another_number_is_found(plugged, supervised, news, run_dir, device):
    plugged.plug((4, OURS, "test:0"))
    driver = supervised(device)
    news.wait_for(UP)
    plugged.plug()
    news.wait_for(GONE, patience_s=2)
    plugged.plug((9, OURS, "test:0"))
    news.wait_for(GONE, UP, patience_s=5)
    driver.scan(ScanJob(1, PageFolder(run_dir)))
    news.wait_for(ScanEnded(DEVICE, 1, 1))


def test_nasty_09_two_scanners_that_swap_places_are_told_apart_by_their_models(plugged, supervised, news, run_dir):
    plugged.plug((4, OURS, "test:0"), (5, OTHER, "test:1"))
    driver, folder = supervised("EPSON DS-310"), PageFolder(run_dir)
    news.wait_for(UP)
    driver.scan(ScanJob(1, folder))
    news.wait_for(ScanEnded(DEVICE, 1, 1))
    plugged.plug()
    news.wait_for(GONE, patience_s=2)
    plugged.plug((4, OTHER, "test:1"), (5, OURS, "test:0"))
    news.wait_for(GONE, UP, patience_s=5)
    driver.scan(ScanJob(2, folder))
    news.wait_for(ScanEnded(DEVICE, 2, 1))
    assert plugged.scanned == ["test:0", "test:0"]


@pytest.mark.parametrize(("device", "second"), [("epsonds:libusb:001:004", OTHER), ("EPSON DS-310", TWIN)])
def test_nasty_09_two_scanners_that_cannot_be_told_apart_scan_nothing(plugged, supervised, news, device, second):
    plugged.plug((4, OURS, "test:0"), (5, second, "test:1"))
    driver = supervised(device)
    news.wait_for(UNCERTAIN, patience_s=2)
    driver.scan(ScanJob(1, folder=None))
    news.wait_for(ScanFailed(DEVICE, 1, Fault.AMBIGUOUS))
    plugged.plug((4, OURS, "test:0"))
    news.wait_for(UNCERTAIN, UP, patience_s=5)
    assert plugged.scanned == []


@pytest.mark.parametrize(("where_it_was", "fault"), [("test:0", Fault.UNPLUGGED), ("busy", Fault.BUSY)])
def test_a_scanner_that_does_not_serve_where_it_was_listed_is_looked_for_again(
    plugged, supervised, news, where_it_was, fault
):
    """Its lease ran out, and it has another address; nothing is plugged on USB meanwhile, and it never served."""
    with socket.create_server(("127.91.4.8", 0)) as there:
        plugged.offer((f"escl:http://127.91.4.8:{there.getsockname()[1]}", OURS, where_it_was))
        if fault is Fault.UNPLUGGED:
            there.close()
        supervised(f"EPSON {OURS}")
        news.wait_for(DeviceDown(DEVICE, fault), patience_s=2)
        plugged.offer(("epsonds:libusb:001:007", OURS, "test:0"))
        news.wait_for(UP, patience_s=5)


def test_a_doubted_scanner_is_looked_for_where_it_was_until_a_list_is_due_and_then_where_that_says(plugged):
    for waits, then in ((Waits(), "old:1"), (Waits(0, 0, 0), "new:1")):
        plugged.offer(("old:1", OURS, "test:0"))
        it = Place(f"EPSON {OURS}", plugged.usb, waits)
        assert named(it) == "old:1"
        plugged.offer(("new:1", OURS, "test:0"))
        assert named(it) == "old:1"
        it.doubt()
        assert [named(it), named(it)] == [then, then]


def test_why_no_scanner_is_used_stays_the_reason_until_the_next_list(plugged):
    plugged.offer(("one:1", OURS, "test:0"), ("one:2", TWIN, "test:1"))
    it = Place(f"EPSON {OURS}", plugged.usb)
    for _ in range(2):
        with pytest.raises(DeviceError) as refused:
            named(it)
        assert refused.value.fault is Fault.AMBIGUOUS


def test_a_list_that_was_stopped_says_nothing_of_the_scanner(plugged):
    plugged.offer(("one:1", OURS, "test:0"))
    it, stopped = Place(f"EPSON {OURS}", plugged.usb), threading.Event()
    stopped.set()
    with pytest.raises(DeviceError):
        it.name(stopped, lambda: None)
    assert named(it) == "one:1"


def test_a_scanner_that_sane_is_long_in_listing_is_starting(plugged, supervised, news):
    plugged.plug((4, OURS, "test:0"))
    plugged.list_takes(2.2)
    supervised(f"EPSON {OURS}")
    news.wait_for(STARTING, patience_s=2)
    news.wait_for(UP)
    assert news.events == [STARTING, UP]


def test_a_scanner_that_is_found_late_after_its_plugging_serves(plugged, supervised, news):
    supervised("EPSON DS-310")
    news.wait_for(GONE)
    plugged.plug((4, "starting", "test:0"))  # the system shows it before SANE knows what it is
    news.wait_for(GONE)
    plugged.plug((4, OURS, "test:0"))
    news.wait_for(GONE, UP, patience_s=5)

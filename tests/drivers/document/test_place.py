"""A scanner is found wherever it is plugged in, and never taken for another."""

from __future__ import annotations

import socket
import threading

import pytest
from document_rig import DocumentScannerRig
from usb_scanners_rig import UsbScanners

from drivers.document import place, scanimage
from drivers.document.listed import Listed
from drivers.document.pages import PageFolder
from drivers.document.scanner import DocumentScanner, ScanJob
from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import ScanEnded, ScanFailed
from drivers.supervisor import Supervisor

DEVICE = DeviceName("documents")
UP = DeviceUp(DEVICE)
GONE, UNCERTAIN = DeviceDown(DEVICE, Fault.UNPLUGGED), DeviceDown(DEVICE, Fault.REFUSED)
OURS, OTHER, TWIN = "DS-310", "DS-730", "DS-310"


@pytest.fixture
def plugged(tmp_path, monkeypatch):
    rig = DocumentScannerRig(DEVICE, tmp_path)
    with rig.device():
        yield UsbScanners(tmp_path, monkeypatch)


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
    news.wait_for(ScanFailed(DEVICE, 1, Fault.REFUSED))
    plugged.plug((4, OURS, "test:0"))
    news.wait_for(UNCERTAIN, UP, patience_s=5)
    assert plugged.scanned == []


def test_a_scanner_at_which_nobody_answers_where_it_was_listed_is_looked_for_again(tmp_path, news, run, monkeypatch):
    """Its lease ran out, and it has another address; nothing is plugged on USB meanwhile, and it never served."""
    with socket.create_server(("127.91.4.8", 0)) as nobody:
        old = nobody.getsockname()[1]
    with socket.create_server(("127.91.4.8", 0)) as there:
        listed = iter([old, there.getsockname()[1]])
        monkeypatch.setattr(
            scanimage, "scanners", lambda *_: (Listed(f"escl:http://127.91.4.8:{next(listed)}", "EPSON", OURS),)
        )
        monkeypatch.setattr(place, "_SETTLING_LIST_S", 0)
        driver = DocumentScanner(DEVICE, f"EPSON {OURS}", usb=tmp_path)
        with pytest.raises(DeviceError, match=f":{old}' is"):
            driver.run(news, threading.Event())
        running = run(driver)
        there.settimeout(2)
        there.accept()[0].close()
        running.stop()


def test_a_doubted_scanner_is_still_looked_for_where_it_was_until_sane_lists_another(tmp_path, monkeypatch):
    scanners, stop = [Listed("escl:http://old", "EPSON", OURS)], threading.Event()
    monkeypatch.setattr(scanimage, "scanners", lambda *_: tuple(scanners))
    it = place.Place(f"EPSON {OURS}", tmp_path, list_again_s=0)
    monkeypatch.setattr(place, "_SETTLING_LIST_S", 60)

    def name():
        return it.name(stop, lambda: None)

    assert name() == "escl:http://old"
    scanners[:] = [Listed("escl:http://new", "EPSON", OURS)]
    it.doubt()
    assert name() == "escl:http://old"  # no list is due
    monkeypatch.setattr(place, "_SETTLES_S", 0)
    assert [name(), name()] == ["escl:http://new"] * 2


def test_why_no_scanner_is_used_stays_the_reason_until_the_next_list(tmp_path, monkeypatch):
    twins = [Listed("escl:http://one", "EPSON", OURS), Listed("escl:http://two", "EPSON", OURS)]
    monkeypatch.setattr(scanimage, "scanners", lambda *_: tuple(twins))
    it = place.Place(f"EPSON {OURS}", tmp_path)
    for _ in range(2):
        with pytest.raises(DeviceError, match="may be any of"):
            it.name(threading.Event(), lambda: None)


def test_a_scanner_that_is_found_late_after_its_plugging_serves(plugged, supervised, news):
    supervised("EPSON DS-310")
    news.wait_for(GONE)
    plugged.plug((4, "starting", "test:0"))  # the system shows it before SANE knows what it is
    news.wait_for(GONE)
    plugged.plug((4, OURS, "test:0"))
    news.wait_for(GONE, UP, patience_s=5)

"""A document scanner through every nasty case, on SANE's own test backend and the real scanimage.

The cases' numbers are those of docs/devices.md.
"""

from __future__ import annotations

import os
import select
import shutil
import stat
import sys
import threading
import time
from contextlib import ExitStack

import pytest
from cycles import held, leave_nothing_behind, resident_bytes
from document_rig import SLOW, DocumentScannerRig, children

from drivers.document import scanimage
from drivers.document.orders import Feed
from drivers.document.pages import PageFolder, PageStore
from drivers.document.scanner import DocumentScanner, ScanJob
from drivers.interface import Caution, DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import PageScanned, ScanEnded, ScanFailed, ScanProgress
from drivers.simulated.document_scanner import SimulatedDocumentScanner
from drivers.supervisor import Supervisor

DEVICE = DeviceName("documents")
UP = DeviceUp(DEVICE)
NAMED_S = 2.0
SERVES_AGAIN_S = 5.0
SMALL = ("--resolution", "50")


@pytest.fixture
def rig(tmp_path):
    return DocumentScannerRig(DEVICE, tmp_path)


@pytest.fixture
def supervise(news):
    with ExitStack() as ending:

        def start(driver):
            supervisor = Supervisor([driver], news)
            supervisor.start()
            ending.callback(supervisor.stop)
            return driver

        yield start


@pytest.fixture
def kept(rig, folder, supervise, news):
    """A scanner that answers each read as told, kept open, and where its pages go."""
    with ExitStack() as plugged:

        def answering(status):
            plugged.enter_context(rig.device())
            driver = supervise(rig.driver(*SMALL, "--read-return-value", f"SANE_STATUS_{status}"))
            news.wait_for(UP)
            return driver, folder

        yield answering


@pytest.fixture
def instead(tmp_path, monkeypatch):
    """Put a program in scanimage's place: what a broken backend makes of it, which the test backend cannot play."""

    def put(script):
        program = tmp_path / "bin/scanimage"
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    return put


def test_a_page_is_scanned_with_its_progress_and_kept(rig, folder, supervise, news):
    with rig.device():
        driver = supervise(rig.driver(*SMALL))
        news.wait_for(UP)
        driver.scan(ScanJob(1, folder))
        news.wait_for(PageScanned(DEVICE, 1, 1), ScanEnded(DEVICE, 1, 1))
    assert any(isinstance(event, ScanProgress) for event in news.events)
    assert [page.name for page in folder.pages] == ["0001.jpg"]
    assert [path.suffix for path in folder.path.iterdir()] == [".jpg"]


def test_a_pile_is_scanned_to_its_last_sheet(rig, folder, supervise, news):
    with rig.device():
        driver = supervise(rig.driver(*SMALL))
        news.wait_for(UP)
        driver.scan(ScanJob(1, folder, Feed.FEEDER))
        news.wait_for(PageScanned(DEVICE, 1, 10), ScanEnded(DEVICE, 1, 10))
    assert len(folder.pages) == 10


def test_a_job_that_is_cancelled_ends_at_once(rig, folder, supervise, news):
    with rig.device():
        driver = supervise(rig.driver(*SMALL, *SLOW))
        news.wait_for(UP)
        driver.scan(ScanJob(1, folder))
        driver.cancel(1)
        news.wait_for(ScanEnded(DEVICE, 1, 0), patience_s=NAMED_S)


def test_cancelled_in_the_middle_of_a_page_those_before_it_are_kept_and_the_child_is_dead(rig, folder, supervise, news):
    with rig.device():
        driver = supervise(rig.driver(*SMALL, *SLOW))
        news.wait_for(UP)
        driver.scan(ScanJob(1, folder, Feed.FEEDER))
        news.wait_until(lambda events: PageScanned(DEVICE, 1, 1) in events and isinstance(events[-1], ScanProgress))
        (child,) = children()
        ended = os.pidfd_open(child)
        driver.cancel(1)
        news.wait_for(ScanEnded(DEVICE, 1, 1), patience_s=1)
    assert select.select([ended], [], [], 0)[0]
    os.close(ended)
    assert [path.name for path in folder.path.iterdir()] == ["0001.jpg"]


def test_nasty_01_a_scanner_plugged_in_later_serves(rig, folder, supervise, news):
    driver = supervise(rig.driver(*SMALL))
    news.wait_for(DeviceDown(DEVICE, Fault.UNPLUGGED), patience_s=NAMED_S)
    driver.scan(ScanJob(1, folder))
    news.wait_for(ScanFailed(DEVICE, 1, Fault.UNPLUGGED))
    with rig.device():
        news.wait_for(DeviceDown(DEVICE, Fault.UNPLUGGED), UP, patience_s=SERVES_AGAIN_S)


@pytest.mark.parametrize(
    ("status", "fault"),
    [("IO_ERROR", Fault.UNPLUGGED), ("DEVICE_BUSY", Fault.BUSY), ("ACCESS_DENIED", Fault.REFUSED)],
)
def test_nasty_02_10_a_scanner_lost_in_the_middle_of_a_page_is_named_and_comes_back(kept, news, status, fault):
    driver, folder = kept(status)
    driver.scan(ScanJob(1, folder))
    news.wait_for(ScanFailed(DEVICE, 1, fault), DeviceDown(DEVICE, fault), patience_s=NAMED_S)
    news.wait_for(DeviceDown(DEVICE, fault), UP, patience_s=SERVES_AGAIN_S)


@pytest.mark.parametrize(
    ("status", "fault"),
    [("JAMMED", Fault.PAPER_JAMMED), ("NO_DOCS", Fault.OUT_OF_PAPER), ("COVER_OPEN", Fault.COVER_OPEN)],
)
def test_nasty_12_what_a_hand_mends_fails_the_job_and_not_the_scanner(kept, news, status, fault):
    driver, folder = kept(status)
    for number in (1, 2):
        driver.scan(ScanJob(number, folder))
        news.wait_for(ScanFailed(DEVICE, number, fault), patience_s=NAMED_S)
    assert DeviceDown(DEVICE, fault) not in news.events


@pytest.mark.parametrize("how", ["sleep 60", "sleep 60 & sleep 60"], ids=["04-mute", "05-with-a-child"])
def test_nasty_04_05_a_scanner_that_never_answers_is_named_and_its_children_killed(rig, instead, run, how, monkeypatch):
    monkeypatch.setattr(scanimage, "_ANSWER_S", 0.5)
    instead(how)
    assert run(rig.driver()).wait(5) is Fault.NOT_ANSWERING
    assert children() == []


LISTS = 'case "$*" in *all-options*) echo "    --mode Gray|Color [Gray]"; exit 0;; esac\n'


def test_cancelled_while_a_fast_feeder_is_far_ahead_the_pages_not_yet_taken_in_are_left(
    folder, instead, supervise, news
):
    pages = "for n in $(seq 10 19); do { printf 'P5 1700 2300 255 '; head -c 3910000 /dev/urandom; } > scan-00$n.pnm\n"
    instead(LISTS + pages + "names=\"$names scan-00$n.pnm\"; done; printf '%s\\n' $names; sleep 60\n")
    driver = supervise(DocumentScanner(DEVICE, "test:1"))
    news.wait_for(UP)
    driver.scan(ScanJob(1, folder))
    news.wait_for(PageScanned(DEVICE, 1, 1))
    driver.cancel(1)
    news.wait_until(lambda events: isinstance(events[-1], ScanEnded), patience_s=NAMED_S)
    assert len(folder.pages) < 5
    assert [path.suffix for path in folder.path.iterdir()] == [".jpg"] * len(folder.pages)


def test_nasty_05_a_page_that_stands_still_is_late_until_it_is_cancelled(folder, instead, supervise, news):
    instead(LISTS + "printf 'Progress: 3.0%%\\r' >&2; sleep 60\n")
    driver = supervise(DocumentScanner(DEVICE, "test:1"))
    news.wait_for(UP)
    driver.scan(ScanJob(1, folder))
    late = DeviceUp(DEVICE, Caution.ANSWERS_LATE)
    news.wait_for(late, patience_s=NAMED_S)
    driver.cancel(1)
    news.wait_for(late, ScanEnded(DEVICE, 1, 0), UP, patience_s=NAMED_S)


def test_a_job_whose_pages_were_wiped_before_it_began_is_no_fault_of_the_scanner(rig, folder, supervise, news):
    with rig.device():
        driver = supervise(rig.driver(*SMALL))
        news.wait_for(UP)
        shutil.rmtree(folder.path)
        driver.scan(ScanJob(1, folder))
        news.wait_for(ScanEnded(DEVICE, 1, 0), patience_s=NAMED_S)
    assert not any(isinstance(event, DeviceDown) and event.fault is Fault.SERVICE_DOWN for event in news.events)


def test_a_job_on_which_the_driver_crashes_has_an_end_and_the_next_is_scanned(rig, folder, supervise, news):
    with rig.device():
        driver = supervise(rig.driver(*SMALL))
        news.wait_for(UP)
        driver.scan(ScanJob(1, folder=None))
        news.wait_for(ScanFailed(DEVICE, 1, Fault.CRASHED), DeviceDown(DEVICE, Fault.CRASHED), patience_s=NAMED_S)
        news.wait_for(DeviceDown(DEVICE, Fault.CRASHED), UP, patience_s=SERVES_AGAIN_S)
        driver.scan(ScanJob(2, folder))
        news.wait_for(ScanEnded(DEVICE, 2, 1))


@pytest.mark.parametrize(
    "noise",
    ["head -c 2000000 /dev/urandom", "head -c 2000000 /dev/zero", "yes x | tr -d '\\n' | head -c 2000000"],
    ids=["noise", "nuls", "endless-line"],
)
def test_nasty_06_a_backend_that_talks_nonsense_is_no_scanner(rig, instead, run, noise):
    instead(noise)
    assert run(rig.driver()).wait(15) is Fault.NOT_ANSWERING


def test_nasty_07_a_page_that_ends_early_is_refused_though_it_is_called_finished(rig, folder, instead, supervise, news):
    instead(LISTS + 'printf "P5 100 100 255 half" > scan-0001.pnm; echo scan-0001.pnm\n')
    driver = supervise(rig.driver())
    news.wait_for(UP)
    driver.scan(ScanJob(1, folder))
    news.wait_for(ScanFailed(DEVICE, 1, Fault.NOT_ANSWERING), patience_s=NAMED_S)
    assert (folder.pages, list(folder.path.iterdir())) == ((), [])


def test_nasty_08_a_thousand_jobs_for_a_scanner_that_is_away_are_refused_at_once(rig, folder, supervise, news):
    driver = supervise(rig.driver())
    news.wait_for(DeviceDown(DEVICE, Fault.UNPLUGGED))
    for number in range(1000):
        driver.scan(ScanJob(number, folder))
    assert sum(isinstance(event, ScanFailed) for event in news.events) == 1000


def test_nasty_08_of_a_thousand_jobs_that_are_cancelled_nothing_is_scanned(rig, folder, supervise, news):
    with rig.device():
        driver = supervise(rig.driver(*SMALL, *SLOW))
        news.wait_for(UP)
        for number in range(1000):
            driver.scan(ScanJob(number, folder))
        for number in reversed(range(1000)):  # the first, which is under way, last
            driver.cancel(number)
        news.wait_until(lambda events: sum(isinstance(event, ScanEnded) for event in events) == 1000, patience_s=2)
        driver.scan(ScanJob(1000, folder))
        driver.cancel(1000)
        news.wait_for(ScanEnded(DEVICE, 1000, 0), patience_s=2)
    assert not any(isinstance(event, PageScanned) for event in news.events)
    assert (folder.pages, list(folder.path.iterdir())) == ((), [])


def test_nasty_11_without_the_systems_scanner_program_that_is_said(rig, run, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert run(rig.driver()).wait() is Fault.SERVICE_DOWN


def test_nasty_13_a_job_of_before_is_not_scanned_after_an_hour(rig, folder, supervise, news):
    driver = supervise(rig.driver(*SMALL))
    news.wait_for(DeviceDown(DEVICE, Fault.UNPLUGGED))
    driver.scan(ScanJob(1, folder))
    with rig.device():
        news.wait_for(UP, patience_s=SERVES_AGAIN_S)
        driver.scan(ScanJob(2, folder))
        news.wait_for(ScanEnded(DEVICE, 2, 1))
    assert len(folder.pages) == 1


ERRORS = "while :; do echo 'libusb: error [submit_bulk_transfer] errno=5' >&2; done"


def test_nasty_15_a_kernel_that_gives_errors_for_ever_at_the_opening_is_named(rig, instead, run, monkeypatch):
    monkeypatch.setattr(scanimage, "_ANSWER_S", 0.5)
    instead(ERRORS)
    assert run(rig.driver()).wait(5) is Fault.NOT_ANSWERING
    assert children() == []


def test_nasty_15_a_kernel_that_gives_errors_for_ever_amid_a_page_is_named(folder, instead, supervise, news):
    page = "printf 'P5 100 100 255 half' > scan-0001.pnm.part; printf 'Progress: 3.0%%\\r' >&2\n"
    instead(LISTS + page + ERRORS)
    driver = supervise(DocumentScanner(DEVICE, "test:1", page_s=1.0))
    news.wait_for(UP)
    driver.scan(ScanJob(1, folder))
    news.wait_for(ScanProgress(DEVICE, 1, 3), ScanFailed(DEVICE, 1, Fault.NOT_ANSWERING), patience_s=3)
    assert (folder.pages, list(folder.path.iterdir())) == ((), [])


SIDE_BY_SIDE = 10


@pytest.mark.parametrize("cycles", [10, pytest.param(10_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_nasty_16_plug_cycles_leave_no_thread_process_file_or_memory_behind(
    tmp_path, run_dir, news, monkeypatch, cycles
):
    """Ten scanners at a time are plugged in and found, scan a page each, and are pulled out."""
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path / "sane.d"))
    scanners = SimulatedDocumentScanner(tmp_path / "sane.d", SIDE_BY_SIDE)
    names = [DeviceName(f"test:{number}") for number in range(1, SIDE_BY_SIDE + 1)]

    def run_until_unplugged(driver):
        with pytest.raises(DeviceError):
            driver.run(news, threading.Event())

    def ten_cycles():
        folders = [PageFolder(run_dir) for _ in names]
        drivers = [DocumentScanner(name, name, SMALL, look_s=0.1) for name in names]
        threads = [threading.Thread(target=run_until_unplugged, args=(driver,), daemon=True) for driver in drivers]
        scanners.plug()
        for thread in threads:
            thread.start()
        news.wait_until(lambda events: {DeviceUp(name) for name in names} <= set(events))
        for driver, folder in zip(drivers, folders, strict=True):
            driver.scan(ScanJob(1, folder))
        news.wait_until(lambda events: {ScanEnded(name, 1, 1) for name in names} <= set(events))
        scanners.unplug()
        for thread in threads:
            thread.join()
        for folder in folders:
            folder.wipe()
        news.events.clear()

    before = children()
    leave_nothing_behind(ten_cycles, cycles // SIDE_BY_SIDE)
    assert children() == before
    assert list(run_dir.glob("*/*")) == []


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_nasty_16_ten_minutes_of_scans_leave_no_thread_process_file_or_memory_behind(rig, run_dir, run, news):
    """Each cycle: plugged in, a pile scanned and cancelled after its second page, wiped, unplugged."""
    store, pages, cycles = PageStore(run_dir), 0, 0

    def cycle():
        with rig.device():
            driver, folder = rig.driver("--resolution", "75"), store.begin()
            running = run(driver)
            news.wait_for(UP)
            driver.scan(ScanJob(1, folder, Feed.FEEDER))
            news.wait_for(PageScanned(DEVICE, 1, 2))
            driver.cancel(1)
            news.wait_until(lambda events: any(isinstance(event, ScanEnded) for event in events))
            scanned = len(folder.pages)
            store.wipe()
            running.stop()
        news.events.clear()
        return scanned

    for _ in range(30):  # until the interpreter and Pillow have what they need
        cycle()
    before, before_bytes = (held(), children()), resident_bytes()
    end_s = time.monotonic() + 600
    while time.monotonic() < end_s:
        pages, cycles = pages + cycle(), cycles + 1
    assert (held(), children()) == before
    assert list(run_dir.iterdir()) == []
    grown_kb = (resident_bytes() - before_bytes) // 1024
    sys.stdout.write(f"{cycles} cycles, {pages} pages, {2 * cycles} children: {grown_kb} KiB more\n")
    assert grown_kb < 3_000

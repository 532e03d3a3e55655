"""A document scanner through every nasty case, on SANE's own test backend and the real scanimage.

The cases' numbers are those of docs/devices.md.
"""

from __future__ import annotations

import os
import stat
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from document_rig import DocumentScannerRig

from drivers.document.orders import Feed
from drivers.document.pages import PageFolder
from drivers.document.scanner import ScanJob
from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.news import PageScanned, ScanEnded, ScanFailed, ScanProgress
from drivers.supervisor import Supervisor

DEVICE = DeviceName("documents")
UP = DeviceUp(DEVICE)
NAMED_S = 2.0
SERVES_AGAIN_S = 5.0
SMALL = ("--resolution", "50")
SLOW = ("--read-delay=yes", "--read-delay-duration", "200000", "--read-limit=yes", "--read-limit-size", "100")


@pytest.fixture
def rig(tmp_path):
    return DocumentScannerRig(DEVICE, tmp_path)


@pytest.fixture
def folder(run_dir):
    return PageFolder(run_dir)


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
def test_nasty_04_05_a_scanner_that_never_answers_is_named_and_its_children_killed(rig, instead, run, how):
    instead(how)
    import drivers.document.scanimage as module  # noqa: PLC0415

    before, module._ANSWER_S = module._ANSWER_S, 0.5
    try:
        assert run(rig.driver()).wait(5) is Fault.NOT_ANSWERING
    finally:
        module._ANSWER_S = before


@pytest.mark.parametrize(
    "noise",
    ["head -c 2000000 /dev/urandom", "head -c 2000000 /dev/zero", "yes x | tr -d '\\n' | head -c 2000000"],
    ids=["noise", "nuls", "endless-line"],
)
def test_nasty_06_a_backend_that_talks_nonsense_is_no_scanner(rig, instead, run, noise):
    instead(noise)
    assert run(rig.driver()).wait(15) is Fault.NOT_ANSWERING


def test_nasty_07_a_page_that_ends_early_is_refused_though_it_is_called_finished(rig, folder, instead, supervise, news):
    instead(
        'case "$*" in *all-options*) echo "    --mode Gray|Color [Gray]"; exit 0;; esac\n'
        'printf "P5 100 100 255 half" > scan-0001.pnm; echo scan-0001.pnm\n'
    )
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


@pytest.mark.parametrize("cycles", [15, pytest.param(3_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_nasty_16_cycles_leave_no_thread_process_or_file_behind(rig, run, news, cycles):
    def cycle():
        with rig.device():
            running = run(rig.driver())
            news.wait_for(UP)
            running.stop()
        news.events.clear()

    cycle()
    before = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(cycles):
        cycle()
    assert (threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))) == before

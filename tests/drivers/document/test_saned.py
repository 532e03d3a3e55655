"""A document scanner behind saned, which is killed and started again."""

from __future__ import annotations

import threading

import pytest
from cycles import leave_nothing_behind
from document_rig import SLOW, children
from saned_rig import SanedRig

from drivers.document import network
from drivers.document.pages import PageFolder
from drivers.document.scanner import DocumentScanner, ScanJob
from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.news import ScanEnded, ScanFailed, ScanProgress
from drivers.supervisor import Supervisor

DEVICE = DeviceName("documents")
UP, GONE = DeviceUp(DEVICE), DeviceDown(DEVICE, Fault.SERVICE_DOWN)


@pytest.fixture
def saned(tmp_path):
    with SanedRig(tmp_path) as saned:
        yield saned


@pytest.fixture
def supervised(saned, news):
    """A scanner under the real supervisor."""
    driver = DocumentScanner(DEVICE, saned.device, ("--resolution", "100", *SLOW), page_s=5.0)
    supervisor = Supervisor([driver], news)
    supervisor.start()
    news.wait_for(UP)
    yield driver
    supervisor.stop()


def test_nasty_11_saned_killed_in_the_middle_of_a_page_is_named_and_serves_again(saned, supervised, news, run_dir):
    folder = PageFolder(run_dir)
    supervised.scan(ScanJob(1, folder))
    news.wait_until(lambda events: any(isinstance(event, ScanProgress) for event in events))
    saned.kill()
    news.wait_for(ScanFailed(DEVICE, 1, Fault.SERVICE_DOWN), GONE, patience_s=2)
    assert (folder.pages, list(folder.path.iterdir())) == ((), [])
    saned.start()
    news.wait_for(GONE, UP, patience_s=5)
    supervised.scan(ScanJob(2, folder))
    news.wait_for(ScanEnded(DEVICE, 2, 1))


@pytest.mark.usefixtures("supervised")
def test_one_child_of_saned_waits_while_nothing_is_scanned_and_no_other_is_made(saned, monkeypatch):
    looks, look = threading.Semaphore(0), network.IdleConnection.gone

    def counted(connection, stop):
        looks.release()
        return look(connection, stop)

    monkeypatch.setattr(network.IdleConnection, "gone", counted)

    def after_a_few_looks():
        for _ in range(3):
            assert looks.acquire(timeout=5)
        return children(saned.pid)

    after_a_few_looks()  # saned's child for the question before may still end
    held = [after_a_few_looks() for _ in range(3)]
    assert len(held[0]) == 1
    assert held == [held[0]] * 3


def test_whoever_scans_is_the_only_one_at_saned(saned, supervised, news, run_dir):
    supervised.scan(ScanJob(1, PageFolder(run_dir)))
    news.wait_until(lambda events: any(isinstance(event, ScanProgress) for event in events))
    assert len(children(saned.pid)) == 1


@pytest.mark.usefixtures("supervised")
def test_nasty_11_saned_killed_while_nothing_is_scanned_is_named_and_serves_again(saned, news):
    saned.kill()
    news.wait_for(GONE, patience_s=2)
    saned.start()
    news.wait_for(GONE, UP, patience_s=5)


def test_nasty_01_a_saned_that_is_started_later_is_found(saned, news):
    saned.kill()
    supervisor = Supervisor([DocumentScanner(DEVICE, saned.device)], news)
    supervisor.start()
    news.wait_for(GONE, patience_s=2)
    saned.start()
    news.wait_for(GONE, UP, patience_s=5)
    supervisor.stop()


def test_nasty_16_openings_through_saned_leave_no_thread_process_file_or_memory_behind(saned, news):
    def cycle():
        stop = threading.Event()
        thread = threading.Thread(target=DocumentScanner(DEVICE, saned.device).run, args=(news, stop), daemon=True)
        thread.start()
        news.wait_for(UP)
        stop.set()
        thread.join()
        news.events.clear()

    before = children()
    leave_nothing_behind(cycle, 5)
    assert children() == before

"""A document scanner behind saned, which is killed and started again."""

from __future__ import annotations

import pytest
from document_rig import SLOW
from saned_rig import SanedRig

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
    driver = DocumentScanner(DEVICE, saned.device, ("--resolution", "100", *SLOW), page_s=5.0, look_s=0.3)
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
def test_nasty_11_saned_killed_while_nothing_is_scanned_is_named_and_serves_again(saned, news):
    saned.kill()
    news.wait_for(GONE, patience_s=2)
    saned.start()
    news.wait_for(GONE, UP, patience_s=5)

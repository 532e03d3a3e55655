"""What the tests of document scanners share."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from document_rig import count_children_from_now

from drivers.document.pages import PageFolder


@pytest.fixture(autouse=True)
def _only_ours():
    count_children_from_now()


@pytest.fixture
def run_dir():
    """Return a folder in memory, as the kiosk has one."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm", prefix="guichet-test-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def folder(run_dir):
    """Return a session's folder of pages."""
    return PageFolder(run_dir)

"""What the tests of document scanners share."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def run_dir():
    """Return a folder in memory, as the kiosk has one."""
    folder = Path(tempfile.mkdtemp(dir="/dev/shm", prefix="guichet-test-"))
    yield folder
    shutil.rmtree(folder)

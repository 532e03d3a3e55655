"""The world that faults happen to."""

from __future__ import annotations

import pytest
from fault_world import FaultWorld


@pytest.fixture
def world(tmp_path):
    small = FaultWorld(tmp_path / "world", tmp_path / "no.pack")
    small.make()
    yield small
    small.end()
    for log in (small.folder / "logs").iterdir():
        assert "Traceback" not in log.read_text(encoding="utf-8"), log

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


@pytest.fixture
def report(request):
    """Print what a fault came to, in one line."""

    def say(tally, more=""):
        print(f"\nfault {request.node.name.removeprefix('test_')}: {tally}{more and '; '}{more}")  # noqa: T201  (a proof's figure)

    return say

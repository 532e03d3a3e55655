"""The small world, for tests: real broker, hub, sync service, printer, scanner and kiosk."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import __main__ as demo
from demo.world import World

JOURNEYS = Path(demo.__file__).parent / "journeys"
MOVE = JOURNEYS / "demenage.play"


@pytest.fixture(scope="session")
def pack():
    return demo.content()


@pytest.fixture
def world(tmp_path, pack):
    small = World(tmp_path / "world", pack)
    small.make()
    small.start()
    yield small
    small.end()

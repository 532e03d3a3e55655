"""The small world, for tests: real broker, hub, sync service, printer, scanner and kiosk."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import __main__ as demo
from demo.world import SEVEN_INCH, World

JOURNEYS = Path(demo.__file__).parent / "journeys"


@pytest.fixture(scope="session")
def pack():
    return demo.content()


@pytest.fixture(scope="session")
def move(tmp_path_factory):
    """The demo's own journey; its pictures are the tour's business."""
    lines = (JOURNEYS / "demenage.play").read_text(encoding="utf-8").splitlines()
    script = tmp_path_factory.mktemp("journeys") / "demenage.play"
    script.write_text("\n".join(line for line in lines if not line.startswith("picture")), encoding="utf-8")
    return script


@pytest.fixture
def world(tmp_path, pack):
    small = World(tmp_path / "world", pack, SEVEN_INCH)
    small.make()
    small.start()
    yield small
    small.end()

"""The small world, for tests: real broker, hub, sync service, printer, scanner and kiosk."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.store import load
from demo import __main__ as demo
from demo.site import SEVEN_INCH
from demo.world import World
from sync.records import ReceiptContent, ReceiptRequested
from sync.writer import RecordWriter

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


@pytest.fixture
def queue():
    """Queue records on a world's device, as its kiosk process would."""

    def records(world, count):
        writer = RecordWriter.open(load(world.site))
        kept = [writer.put(ReceiptRequested("F14128", ReceiptContent.SHEET)) for _ in range(count)]
        for each in kept:
            each.result(timeout=30)
        writer.close()

    return records

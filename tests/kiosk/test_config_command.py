"""`guichet config`, as whoever writes a configuration meets it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from kiosk.commands import app
from tests.config.test_parse import GOOD


@pytest.fixture
def guichet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fleet.toml").write_text(GOOD)

    def run(*arguments):
        return CliRunner().invoke(app, ["config", *arguments])

    return run


def test_a_good_configuration_is_said_to_be_good(guichet):
    said = guichet("check", "fleet.toml")
    assert (said.exit_code, said.output) == (0, "fleet.toml: good\n")


def test_every_problem_is_a_line_with_its_file_and_line(guichet, tmp_path):
    (tmp_path / "bus.toml").write_text("[screen]\ndpy = 3\n\n[printer]\nport = 0\n")  # fmt: skip
    said = guichet("check", "fleet.toml", "bus.toml")
    assert said.exit_code == 2
    assert [line.split(": ")[:2] for line in said.output.splitlines()] == [
        ["bus.toml:2", "screen.dpy"],
        ["bus.toml:5", "printer.port"],
    ]


def test_a_printer_that_is_nowhere_is_told_at_its_table(guichet, tmp_path):
    (tmp_path / "bus.toml").write_text("[printer]\nport = 9101\n")
    said = guichet("check", "fleet.toml", "bus.toml")
    assert said.output.splitlines()[0].startswith("bus.toml:1: printer: say one of `host`, `device` and `queue`")


def test_each_value_is_shown_with_the_layer_that_counts(guichet, tmp_path):
    (tmp_path / "bus.toml").write_text("[device]\nname = 'bus-3'\n")
    said = guichet("show", "fleet.toml", "bus.toml").output
    assert 'device.name = "bus-3"  # bus.toml:2' in said
    assert 'broker.host = "hub.example"  # fleet.toml:9' in said

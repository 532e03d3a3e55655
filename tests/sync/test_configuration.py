"""What the keeper has written of the configuration, as the sync service reads it."""

from __future__ import annotations

import msgspec
import pytest

from config.trial import Lack
from config.whole_file import write_whole
from sync.configuration import MAX_REASON_LENGTH, MAX_REASONS, Configuration
from sync.configuration_report import ConfigurationReport

KEPT = {
    "version": 7,
    "wanted": "b2" * 32,
    "running": "a1" * 32,
    "on_trial": False,
    "reasons": ["three starts without health"],
    "problems": ["[screen] dpi: must be at least 60"],
}
SAID = Configuration(7, "b2" * 32, "a1" * 32, False, tuple(KEPT["reasons"]), tuple(KEPT["problems"]), "rural")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.json"


@pytest.fixture
def report(file):
    return ConfigurationReport(file, "rural")


def keep(file, **other):
    write_whole(file, msgspec.json.encode(KEPT | other))


def test_what_the_keeper_has_written_is_said_with_the_devices_group(file, report):
    keep(file)
    assert report.look() == SAID


def test_what_the_keeper_writes_next_is_said_next(file, report):
    keep(file)
    report.look()
    keep(file, version=8)
    assert report.look().version == 8


def test_a_device_as_it_was_installed_has_no_digest(file, report):
    keep(file, version=0, wanted="", running="")
    assert (report.look().version, report.look().running) == (0, "")


def test_of_many_long_problems_as_much_is_said_as_a_birth_may_hold(file, report):
    keep(file, problems=["é" * 300] * 9)
    assert report.look().problems == ("é" * 200,) * 5


def test_every_reason_there_is_goes_into_a_birth():
    assert len(Lack) <= MAX_REASONS
    assert max(len(lack.value) for lack in Lack) <= MAX_REASON_LENGTH


def test_without_the_keepers_file_nothing_is_said(file, report):
    assert report.look() is None
    keep(file)
    report.look()
    file.unlink()
    assert report.look() is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"null",
        msgspec.json.encode(KEPT)[:-3],
        msgspec.json.encode(KEPT | {"wanted": "no digest"}),
        msgspec.json.encode(KEPT | {"version": "seven"}),
        msgspec.json.encode({"version": 7}),
        bytes(2_000_000),
    ],
    ids=["empty", "cut", "deep", "null", "short", "no digest", "no number", "fields lack", "too long"],
)
def test_of_a_damaged_file_nothing_is_said_until_it_is_whole_again(file, report, content):
    file.write_bytes(content)
    assert report.look() is None
    keep(file)
    assert report.look() == SAID

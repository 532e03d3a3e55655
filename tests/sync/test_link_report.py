"""What the sync service tells the other programs of the device."""

from __future__ import annotations

import json

import pytest

from sync.chain import Row
from sync.link import LinkDown, LinkUp
from sync.link_report import LinkReport
from sync.outbox import Batch, Outbox


@pytest.fixture
def outbox(tmp_path):
    box = Outbox.open(tmp_path / "outbox.db", "kiosk-1")
    box.append([Batch(bytes(16), "kiosk.ordinary", [Row(seq, seq, b"sealed") for seq in (1, 2, 3)])], 10_000_000)
    yield box
    box.close()


def test_the_report_says_how_the_link_is_since_when_and_what_waits(tmp_path, outbox):
    report = LinkReport(tmp_path / "link.json", 10_000_000)
    report.link(LinkUp(), 0)
    report.link(LinkDown("no route"), 60)
    report.write(outbox, 0)
    said = json.loads((tmp_path / "link.json").read_text())
    assert (said["link"], said["since"], said["reason"]) == ("down", "1970-01-01T00:01:00+00:00", "no route")
    assert (said["waiting"], said["outbox"]) == (2, "plenty")


def test_a_change_that_comes_too_soon_is_due_a_second_later(tmp_path, outbox):
    report = LinkReport(tmp_path / "link.json", 10_000_000)
    report.write(outbox, 5)
    report.link(LinkUp(), 0)
    report.write(outbox, 5.5)
    assert report.due_s == 6
    report.write(outbox, 6)
    assert json.loads((tmp_path / "link.json").read_text())["link"] == "up"


def test_a_report_that_cannot_be_written_ends_nothing(tmp_path, outbox, capsys):
    LinkReport(tmp_path / "away" / "link.json", 10_000_000).write(outbox, 0)
    assert "cannot say how the link is" in capsys.readouterr().out

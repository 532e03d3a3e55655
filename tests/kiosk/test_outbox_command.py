"""`guichet outbox`, on what is really there."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from kiosk.commands import app
from sync.chain import Row
from sync.outbox import Batch, Outbox
from sync.outbox.faults import OutboxFault
from sync.outbox.file import note_fault
from sync.outbox.salvage import open_mended
from tests.config.test_in_force import SITE


@pytest.fixture
def ask(tmp_path):
    (tmp_path / "site.toml").write_text(SITE.format(folder=tmp_path))
    (tmp_path / "state").mkdir()

    def answer(*options):
        return CliRunner().invoke(app, ["outbox", "--config", str(tmp_path / "site.toml"), *options])

    return answer


def test_where_nothing_was_ever_queued_it_says_so(ask):
    answer = ask()
    assert (answer.exit_code, "nothing was ever queued here" in answer.output) == (2, True)


def test_records_that_wait_are_counted_after_any_number_of_salvages(ask, tmp_path):
    path = tmp_path / "state/outbox.db"
    box = Outbox.open(path, "kiosk-1")
    box.append([Batch(bytes(16), "kiosk.ordinary", [Row(seq, seq, b"sealed") for seq in (1, 2, 3)])], 10_000_000)
    box.close()
    for generation in (1, 2):
        note_fault(path, generation, OutboxFault.DAMAGED)
        open_mended(path, "kiosk-1").close()
    assert not path.exists()
    assert json.loads(ask("--json").stdout)["waiting"] == 2

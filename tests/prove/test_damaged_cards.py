"""Damage to outboxes for longer: `tests/sync/damaged_outboxes.py`, 5,000 of them, and each bit of what a file says."""

from __future__ import annotations

import logging
import shutil
from collections import Counter

import pytest
import structlog

from tests.sync.damaged_outboxes import salvage
from tests.sync.day import fill
from tests.sync.definitions import harm_of_a_bit, places

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1_800)]
_OUTBOXES = 5_000


@pytest.fixture
def quiet():
    """Log nothing: each salvage would say what it found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("quiet")
def test_no_damage_takes_a_row_without_a_name(tmp_path, report):
    harm = Counter()
    for seed in range(_OUTBOXES):
        folder = tmp_path / "card"
        if said := salvage(folder / "outbox.db", seed):
            harm[said] += 1
        shutil.rmtree(folder)
    report(f"{_OUTBOXES} outboxes damaged", f"harm {dict(harm)}")
    assert not harm


@pytest.mark.usefixtures("quiet")
def test_no_bit_of_what_a_file_says_of_itself_and_its_tables_costs_anything(tmp_path, report):
    fill(tmp_path / "outbox.db").close()
    data = (tmp_path / "outbox.db").read_bytes()
    flips = [(at, bit) for at in places(data) for bit in range(8)]
    harm = [said for at, bit in flips if (said := harm_of_a_bit(tmp_path / "card", data, at, bit))]
    report(f"{len(flips)} bits flipped, one at a time", f"harm {harm}")
    assert not harm

"""Damage to outboxes for longer: `tests/sync/damaged_outboxes.py`, 5,000 of them."""

from __future__ import annotations

import logging
import shutil
from collections import Counter

import pytest
import structlog

from tests.sync.damaged_outboxes import salvage

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

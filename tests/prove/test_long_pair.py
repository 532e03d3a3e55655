"""The pair of ends for longer: the state machine of `tests/sync/pair.py`, 2,000 walks of 60 steps."""

from __future__ import annotations

import logging

import pytest
import structlog
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.sync.pair import Pair

pytestmark = [pytest.mark.prove, pytest.mark.timeout(1_200)]
_WALKS, _STEPS = 2_000, 60


@pytest.fixture
def quiet():
    """Log nothing: thousands of walks name millions of faults."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("quiet")
def test_whatever_network_disk_and_operator_do_each_row_is_stored_or_named(report):
    run_state_machine_as_test(Pair, settings=settings(max_examples=_WALKS, stateful_step_count=_STEPS, deadline=None))
    report(f"{_WALKS} walks of {_STEPS} steps", "0 rows lost without a name", "0 stalled")

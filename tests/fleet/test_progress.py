"""How far a push has come on a device."""

from __future__ import annotations

import msgspec
import pytest

from config.trial import Lack
from fleet.publication.progress import SILENT_S, Progress, progress
from sync.configuration import Configuration

OLD, NEW = "a1" * 32, "b2" * 32
NOW_S = 1_800_000_000
LATELY_S = NOW_S - SILENT_S + 1
RUNS_OLD = Configuration(1, OLD, OLD, False, (), (), "rural")
RUNS_NEW = msgspec.structs.replace(RUNS_OLD, wanted=NEW, running=NEW)
TRIES_NEW = msgspec.structs.replace(RUNS_NEW, on_trial=True)
WANTS_NEW = msgspec.structs.replace(RUNS_OLD, wanted=NEW)
REFUSED_NEW = msgspec.structs.replace(WANTS_NEW, reasons=(Lack.DEVICES.value,))
TRIES_NEW_AGAIN = msgspec.structs.replace(TRIES_NEW, reasons=(Lack.HUB.value,))
REFUSED_ANOTHER = msgspec.structs.replace(REFUSED_NEW, wanted="c3" * 32)
INSTALLED = Configuration(0, "", "", False, (), (), "rural")


@pytest.mark.parametrize(
    ("wanted", "said", "heard_s", "found"),
    [
        (NEW, None, None, Progress.PENDING),
        (NEW, None, LATELY_S, Progress.PENDING),
        (NEW, RUNS_NEW, None, Progress.PENDING),
        (NEW, None, NOW_S - SILENT_S, Progress.SILENT),
        (NEW, RUNS_NEW, NOW_S - SILENT_S, Progress.SILENT),
        (NEW, REFUSED_NEW, NOW_S - SILENT_S, Progress.SILENT),
        (NEW, INSTALLED, LATELY_S, Progress.COMING),
        (NEW, RUNS_OLD, LATELY_S, Progress.COMING),
        (NEW, WANTS_NEW, LATELY_S, Progress.COMING),
        (NEW, REFUSED_ANOTHER, LATELY_S, Progress.COMING),
        (NEW, TRIES_NEW, LATELY_S, Progress.ON_TRIAL),
        (NEW, TRIES_NEW_AGAIN, LATELY_S, Progress.ON_TRIAL),
        (NEW, REFUSED_NEW, LATELY_S, Progress.REFUSED),
        (NEW, RUNS_NEW, LATELY_S, Progress.CURRENT),
        (OLD, REFUSED_NEW, LATELY_S, Progress.CURRENT),
        (None, INSTALLED, LATELY_S, Progress.CURRENT),
        (None, RUNS_OLD, LATELY_S, Progress.CURRENT),
    ],
)
def test_how_far_a_device_is_follows_from_what_it_said_and_when_it_was_heard(wanted, said, heard_s, found):
    assert progress(wanted, said, heard_s, NOW_S) is found


def test_a_clock_that_was_put_back_makes_nobody_silent():
    assert progress(NEW, RUNS_NEW, NOW_S + SILENT_S, NOW_S) is Progress.CURRENT

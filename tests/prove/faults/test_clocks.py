"""A device, or the hub, that takes today for 1970 or 2040: what it sends arrives, once."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = [pytest.mark.prove, pytest.mark.broker, pytest.mark.timeout(600)]
WRONG = {"1970": "@1970-01-01 00:01:00", "2040": "@2040-01-01 12:00:00"}

OTHER_CLOCK = Path(__file__).parent / "other_clock"


@pytest.mark.parametrize("side", [("producer", "sync"), ("hub",)], ids="+".join)
@pytest.mark.parametrize("year", WRONG)
def test_a_clock_in_the_wrong_year_loses_and_doubles_nothing(world, report, side, year):
    [library] = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    bent = (f"LD_PRELOAD={library}", f"FAKETIME={WRONG[year]}", "DONT_FAKE_MONOTONIC=1", f"PYTHONPATH={OTHER_CLOCK}")
    world.through = {part: ["env", *bent] for part in side}
    with world.flowing("broker", "hub", "sync"):
        tally = world.settle()
    report(tally)
    said = (world.folder / f"logs/{side[-1]}.log").read_text(encoding="utf-8")
    assert f'"timestamp": "{year}-01-01' in said
    assert (tally.lost, tally.double) == (0, 0)
    assert not world.deaths

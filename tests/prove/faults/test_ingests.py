"""Two ingest processes on one database die by turns while 5,000 records flow: each record arrives, once."""

from __future__ import annotations

from random import Random

import pytest

pytestmark = [pytest.mark.prove, pytest.mark.broker, pytest.mark.timeout(600)]
KILLS = 50
LIFE_S = (0.05, 2.0)


@pytest.mark.parametrize("way", ["--ingest", "--split"])
def test_fifty_kills_of_two_ingest_processes_lose_and_double_nothing(world, report, way):
    world.share(way, 2)
    moments = Random(f"kills of ingests by {way}")  # noqa: S311  (seeded: the same moments each time)
    world.per_second = world.count / (KILLS * sum(LIFE_S) / 2)
    with world.flowing("broker", "ingest_1", "ingest_2", "sync"):
        for _ in range(KILLS):
            world.pause(moments.uniform(*LIFE_S))
            world.parts[moments.choice(["ingest_1", "ingest_2"])].kill()
        tally = world.settle()
    report(tally, f"{world.deaths.total()} deaths")
    assert (tally.lost, tally.double) == (0, 0)
    assert tally.kept >= world.count
    assert set(world.deaths) == {"ingest_1", "ingest_2"}

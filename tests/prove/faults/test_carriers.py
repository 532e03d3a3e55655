"""A stick goes to and fro beside a link that is cut every 5 s, while 5,000 records flow: each arrives, once."""

from __future__ import annotations

import pytest

from demo.commands import command

pytestmark = [pytest.mark.prove, pytest.mark.broker, pytest.mark.timeout(600)]
ROUND_TRIPS = 8


def carry(world, stick):
    """Take what waits to the hub, and its answer back, whatever MQTT does meanwhile."""
    command("guichet", "export", str(stick), "--config", str(world.site))
    command("guichet-hub", "import", str(stick), "--hub", str(world.hub))
    command("guichet", "import-stored", str(stick), "--config", str(world.site))


def test_a_stick_beside_a_cut_link_loses_and_doubles_nothing(world, report, tmp_path):
    world.put_between(world.site, "--cut-every-s", "5", "--rtt-ms", "200", "--loss-percent", "5")
    world.per_second = world.count / 25
    with world.flowing("broker", "link", "hub", "sync"):
        for _ in range(ROUND_TRIPS):
            carry(world, tmp_path / "stick")
        tally = world.settle()
    report(tally, f"{ROUND_TRIPS} round trips of the stick")
    assert (tally.lost, tally.double) == (0, 0)
    assert not world.deaths

"""Links that are cut, slow, lossy or silent while 5,000 records flow: every acknowledged one arrives, once."""

from __future__ import annotations

import time

import pytest

pytestmark = [pytest.mark.prove, pytest.mark.broker, pytest.mark.timeout(600)]
LINKS = {
    "cut every 5 s": ("--cut-every-s", "5"),
    "silent after 8 s": ("--half-open-after-s", "8"),
    "200 ms, 5 % loss, 256 kbit/s": ("--rtt-ms", "200", "--loss-percent", "5", "--rate-bit-s", "256000"),
    "200 ms, 5 % loss, 256 kbit/s, cut every 5 s": (
        *("--rtt-ms", "200", "--loss-percent", "5", "--rate-bit-s", "256000"),
        *("--cut-every-s", "5"),
    ),
}


@pytest.mark.parametrize("side", ["kiosk/site.toml", "hub/hub.toml"])
@pytest.mark.parametrize("link", LINKS)
def test_a_bad_link_loses_and_doubles_nothing(world, report, link, side):
    world.put_between(world.folder / side, *LINKS[link])
    world.per_second = world.count / 20
    began_s = time.monotonic()
    with world.flowing("broker", "link", "hub", "sync"):
        tally = world.settle(deadline_s=300)
    report(tally, f"all at the hub {time.monotonic() - began_s:.0f} s after the first")
    assert (tally.lost, tally.double) == (0, 0)
    assert not world.deaths

"""The power is cut at every operation on the disk, and again while the outbox recovers."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest

from tests.prove.power.recording import Mode
from tests.prove.power.replay import Found, campaign

CONTROLS = {
    "WAL/NORMAL": Mode(synchronous="NORMAL"),
    "WAL/OFF": Mode(synchronous="OFF"),
    "DELETE/FULL": Mode(journal="DELETE"),
}


def test_no_cut_of_power_does_harm():
    found = campaign(seed=1, transactions=35, chances=1, again=0.001)
    assert found.harm == {}
    assert found.images > 2_000
    assert found.cut_again > 100


@pytest.mark.parametrize("mode", CONTROLS.values(), ids=CONTROLS)
def test_a_weaker_way_to_write_does_show_harm(mode):
    assert campaign(seed=1, transactions=12, mode=mode).harm


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_no_cut_of_power_does_harm_in_150_000_images(report):
    found = Found()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        play = partial(campaign, transactions=150, chances=3, again=0.0015)
        for part in pool.map(play, range(100, 108)):
            found.add(part)
    report(f"{found.images:,} images", f"{found.cut_again:,} of them cut again", f"harm {dict(found.harm) or 0}")
    assert found.harm == {}
    assert found.images >= 150_000
    assert found.cut_again >= 10_000

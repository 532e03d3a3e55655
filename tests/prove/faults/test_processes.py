"""Each process of the road dies and hangs while 5,000 records flow: every acknowledged one arrives, once."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from random import Random

import pytest

pytestmark = [pytest.mark.prove, pytest.mark.broker, pytest.mark.timeout(600)]
PROCESSES = ["producer", "sync", "broker", "hub"]
KILLS = 50
# From a process's first instruction to well into its work.
LIFE_S = (0.05, 2.0)


@contextmanager
def stopped(part):
    os.kill(part.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(part.pid, signal.SIGCONT)


@pytest.mark.parametrize("name", PROCESSES)
def test_fifty_kills_lose_and_double_nothing(world, report, name):
    moments = Random(f"kills of {name}")  # noqa: S311  (seeded: the same moments each time)
    world.per_second = world.count / (KILLS * sum(LIFE_S) / 2)
    with world.flowing("broker", "hub", "sync"):
        for _ in range(KILLS):
            world.pause(moments.uniform(*LIFE_S))
            world.parts[name].kill()
        tally = world.settle()
    report(tally, f"{world.deaths[name]} deaths")
    assert (tally.lost, tally.double) == (0, 0)
    assert tally.kept >= world.count
    assert world.deaths[name] >= KILLS / 2  # one that died anew before it was started again counts once
    assert set(world.deaths) == {name}


@pytest.mark.parametrize("name", PROCESSES)
def test_ten_seconds_of_a_hung_process_lose_and_double_nothing(world, report, name):
    world.per_second = world.count / 15
    with world.flowing("broker", "hub", "sync"):
        world.pause(2)
        with stopped(world.parts[name]):
            world.pause(10)
        tally = world.settle()
    report(tally)
    assert (tally.lost, tally.double) == (0, 0)
    assert not world.deaths


def test_a_broker_away_for_ten_seconds_loses_and_doubles_nothing(world, report):
    world.per_second = world.count / 15
    with world.flowing("broker", "hub", "sync"):
        world.pause(2)
        broker = world.parts.pop("broker")  # nobody starts it again
        broker.kill()
        world.pause(10)
        away = world.kept
        world.launch("broker")
        tally = world.settle()
    report(tally, f"{away} kept before it came back")
    assert (tally.lost, tally.double) == (0, 0)
    assert away > world.count / 2

"""What all devices around the kiosk live through; the cases' numbers are those of docs/devices.md."""

from __future__ import annotations

import threading

import pytest
from around_rigs import NAMED_S, RIGS, SERVES_AGAIN_S, UP, down, on
from cycles import leave_nothing_behind

from drivers.interface import DeviceError, Fault


@on(*RIGS)
def test_nasty_01_what_is_plugged_in_later_serves(rig, supervise, news):
    driver = supervise(rig.driver())
    news.wait_for(down(Fault.UNPLUGGED), patience_s=NAMED_S)
    with rig.device() as device:
        news.wait_for(UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, device, news)


@on(*RIGS)
def test_nasty_02_what_is_unplugged_while_it_is_used_is_named_and_serves_again(rig, supervise, news):
    with rig.device() as device:
        driver = supervise(rig.driver())
        news.wait_for(UP)
        rig.use(driver, device, news)
    news.wait_for(down(Fault.UNPLUGGED), patience_s=NAMED_S)
    with rig.device() as device:
        news.wait_for(down(Fault.UNPLUGGED), UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, device, news)


@on(*RIGS)
@pytest.mark.parametrize("cycles", [30, pytest.param(10_000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_nasty_16_plug_cycles_leave_no_thread_file_or_memory_behind(rig, news, cycles):
    def cycle():
        with rig.device():
            thread = threading.Thread(target=_run_until_unplugged, args=(rig.driver(), news))
            thread.start()
            news.wait_for(UP)
        thread.join()
        news.events.clear()

    leave_nothing_behind(cycle, cycles)


def _run_until_unplugged(driver, news):
    with pytest.raises(DeviceError):
        driver.run(news, threading.Event())

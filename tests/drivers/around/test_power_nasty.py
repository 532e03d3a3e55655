"""What the kernel says of its power supplies, through the nasty cases; their numbers are those of docs/devices.md."""

from __future__ import annotations

import os
import threading

import pytest
from around_rigs import DEVICE, NAMED_S, SERVES_AGAIN_S, UP, down, nobodys_rights, on
from power_rig import PowerSuppliesRig

from drivers.interface import DeviceError, Fault
from drivers.news import PowerChanged


@on(PowerSuppliesRig)
@pytest.mark.parametrize("garbage", [os.urandom(100_000), bytes(100_000), b"\xff" * 50, b"", b"x" * 2_000_000])
def test_nasty_06_supplies_that_say_nonsense_are_named_and_serve_again(rig, supervise, news, garbage):
    with rig.device() as supplies:
        supervise(rig.driver())
        news.wait_for(UP)
        for supply in ("ups", "mains"):
            supplies.says(supply, type=garbage)
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)
        supplies.says("ups", type="UPS")
        supplies.says("mains", type="Mains")
        news.wait_for(down(Fault.NOT_ANSWERING), UP, patience_s=SERVES_AGAIN_S)
        rig.use(None, supplies, news)


@on(PowerSuppliesRig)
def test_nasty_07_a_supply_that_says_half_is_named(rig, supervise, news):
    with rig.device() as supplies:
        supervise(rig.driver())
        news.wait_for(UP)
        supplies.says("mains", online="")
        supplies.says("ups", status="Unknown")
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)


@on(PowerSuppliesRig)
def test_nasty_15_supplies_whose_files_give_errors_for_ever_are_named(rig, supervise, news):
    with rig.device() as supplies:
        supervise(rig.driver())
        news.wait_for(UP)
        for supply in ("ups", "mains"):
            supplies.fails(supply, "type")  # reading it is EIO
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)


def test_nasty_16_power_is_told_anew_after_every_plugging(tmp_path, supervise, news):
    rig = PowerSuppliesRig(DEVICE, tmp_path)
    supervise(rig.driver())
    for _ in range(2):
        with rig.device():
            news.wait_until(lambda events: isinstance(events[-1], PowerChanged) if events else False)
        news.wait_until(lambda events: events[-1] == down(Fault.UNPLUGGED))


def test_nasty_10_supplies_that_the_system_refuses_are_told_as_refused(tmp_path, news):
    rig = PowerSuppliesRig(DEVICE, tmp_path)
    with rig.device():
        rig.folder.chmod(0)
        with nobodys_rights(), pytest.raises(DeviceError) as lost:
            rig.driver().run(news, threading.Event())
        rig.folder.chmod(0o700)
    assert lost.value.fault is Fault.REFUSED
    assert news.events == []

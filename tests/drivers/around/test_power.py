"""What the device lives on: the kernel's power supplies, and the ignition of a bus."""

from __future__ import annotations

import pytest
from gpio_rig import IgnitionLineRig
from hypothesis import given
from hypothesis import strategies as st
from power_rig import PowerSuppliesRig

from drivers.interface import DeviceName, DeviceUp
from drivers.news import PowerChanged, PowerSource
from drivers.power.settling import Settle, Settling
from drivers.power.supply import ATTRIBUTES, source

POWER = DeviceName("power")
MAINS_ON, MAINS_OFF = {"type": "Mains", "online": "1"}, {"type": "Mains", "online": "0"}
EXTERNAL, BATTERY, LOW = PowerSource


def battery(status, capacity="80", **more):
    return {"type": "Battery", "present": "1", "status": status, "capacity": capacity, **more}


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ([MAINS_ON], EXTERNAL),
        ([MAINS_ON, battery("Charging")], EXTERNAL),
        ([MAINS_OFF, battery("Discharging")], BATTERY),
        ([MAINS_OFF, battery("Discharging", "20")], LOW),
        ([MAINS_OFF, battery("Unknown", "21")], BATTERY),
        ([battery("Discharging", "9")], LOW),
        ([battery("Full")], EXTERNAL),
        ([battery("Discharging", "5"), battery("Discharging", "90")], BATTERY),
        ([{"type": "UPS", "status": "Discharging"}], BATTERY),
        ([{"type": "USB", "online": "1"}, battery("Not charging")], EXTERNAL),
        ([battery("Discharging", "2", scope="Device")], None),
        ([battery("Discharging", present="0")], None),
        ([battery("Unknown")], None),
        ([MAINS_OFF], None),
        ([{}], None),
        ([battery("Discharging", "-1"), MAINS_OFF], BATTERY),
        ([battery("Discharging", "²")], BATTERY),
        ([battery("Discharging", "101")], BATTERY),
        ([battery("Discharging", "")], BATTERY),
        ([battery("Discharging", "5 %")], BATTERY),
        ([battery("Discharging", "101"), battery("Discharging", "7")], LOW),
    ],
)
def test_what_the_supplies_say_is_what_the_device_lives_on(supplies, expected):
    assert source(supplies, low_percent=20) is expected


@given(st.lists(st.dictionaries(st.sampled_from(ATTRIBUTES), st.text(max_size=10))), st.integers(0, 100))
def test_no_supplies_raise_anything(supplies, low_percent):
    source(supplies, low_percent)


def test_starting_the_engine_is_not_parking():
    ignition = Settling(Settle(on_s=0.5, off_s=3), 0, level=True)
    ignition.level(10, level=False)
    ignition.level(12, level=True)
    ignition.tick(60)
    assert ignition.counts


def test_an_ignition_counts_once_it_has_stayed():
    ignition = Settling(Settle(on_s=0.5, off_s=3), 0, level=False)
    ignition.level(1, level=True)
    ignition.tick(1.4)
    assert not ignition.counts
    ignition.tick(1.5)
    assert ignition.counts


@given(st.lists(st.tuples(st.floats(0.001, 2.9), st.booleans())))
def test_an_ignition_that_never_rests_off_never_counts_as_off(moves):
    ignition, now_s = Settling(Settle(on_s=0.5, off_s=3), 0, level=True), 0.0
    for after_s, level in moves:
        now_s += after_s
        ignition.level(now_s, level=level)
        ignition.level(now_s, level=True)
    assert ignition.counts


def test_a_mains_failure_and_a_low_battery_are_told_once_each(tmp_path, run, news):
    rig = PowerSuppliesRig(POWER, tmp_path)
    with rig.device() as supplies:
        run(rig.driver())
        news.wait_for(DeviceUp(POWER), PowerChanged(POWER, EXTERNAL))
        supplies.says("mains", online="0")
        supplies.says("ups", status="Discharging", capacity="60")
        news.wait_for(PowerChanged(POWER, BATTERY))
        supplies.says("ups", capacity="12")
        news.wait_for(PowerChanged(POWER, LOW))
        supplies.says("mains", online="1")
        news.wait_until(lambda events: events[-1] == PowerChanged(POWER, EXTERNAL))
    assert [event.source for event in news.events if isinstance(event, PowerChanged)] == [
        EXTERNAL,
        BATTERY,
        LOW,
        EXTERNAL,
    ]


def test_the_ignition_is_told_from_the_start_and_when_it_changes(tmp_path, run, news):
    rig = IgnitionLineRig(POWER, tmp_path)
    with rig.device() as chip:
        run(rig.driver())
        news.wait_for(DeviceUp(POWER), PowerChanged(POWER, BATTERY))
        chip.set("ignition", high=True)
        news.wait_for(PowerChanged(POWER, EXTERNAL))
        chip.set("ignition", high=False)
        news.wait_for(PowerChanged(POWER, EXTERNAL), PowerChanged(POWER, BATTERY))

"""The status lamp: what it shows, and when it is lit for it."""

from __future__ import annotations

import pytest
from gpio_rig import GpioLampRig
from hypothesis import given
from hypothesis import strategies as st

from drivers.gpio.pin import Pin
from drivers.interface import DeviceName, DeviceUp, Fault
from drivers.lamp.pattern import PATTERNS, Colour, Signal, lit

LAMP = DeviceName("lamp")
RED = frozenset({Colour.RED})


@pytest.fixture
def rig(tmp_path):
    return GpioLampRig(LAMP, tmp_path)


def test_a_fault_is_lit_for_a_quarter_of_every_second():
    pattern = PATTERNS[Signal.FAULT]
    assert lit(pattern, 0.0) == (RED, 0.25)
    assert lit(pattern, 0.25) == (frozenset(), 0.75)
    assert lit(pattern, 7.125) == (RED, 0.125)


def test_a_steady_light_never_changes():
    assert lit(PATTERNS[Signal.READY], 1e6) == (frozenset({Colour.GREEN}), float("inf"))


@pytest.mark.parametrize("signal", Signal)
def test_no_lamp_flashes_more_than_three_times_a_second(signal):
    assert sum(step.for_s for step in PATTERNS[signal]) >= 1 / 3


def test_what_needs_somebody_blinks_and_what_does_not_is_steady():
    steady = {signal for signal in Signal if len(PATTERNS[signal]) == 1}
    assert steady == {Signal.OFF, Signal.READY, Signal.BUSY}


@given(st.sampled_from(Signal), st.floats(0, 1e7))
def test_whatever_the_time_one_step_is_shown_and_it_ends(signal, for_s):
    colours, wait_s = lit(PATTERNS[signal], for_s)
    assert colours in {step.lit for step in PATTERNS[signal]}
    assert wait_s > 0


def test_a_blinking_lamp_goes_on_and_off(rig, run):
    with rig.device() as chip:
        lamp = rig.driver()
        run(lamp)
        lamp.show(Signal.FAULT)
        for high in (True, False, True):
            assert chip.wait_for("RED", high=high)


def test_a_lamp_of_one_colour_lights_it_for_all(rig, run):
    with rig.device() as chip:
        lamp = rig.driver({Colour.GREEN: Pin("AMBER")})
        run(lamp)
        lamp.show(Signal.FAULT)
        for high in (True, False):
            assert chip.wait_for("AMBER", high=high)


def test_what_was_to_be_shown_while_the_chip_was_away_is_shown_when_it_is_back(rig, run):
    lamp = rig.driver()
    lamp.show(Signal.BUSY)
    with rig.device() as chip:
        run(lamp)
        assert chip.wait_for("AMBER", high=True)


def test_a_stopped_lamp_is_dark(rig, run):
    with rig.device() as chip:
        lamp = rig.driver()
        running = run(lamp)
        lamp.show(Signal.READY)
        assert chip.wait_for("GREEN", high=True)
        running.stop()
        assert not chip.level("GREEN")


def test_a_line_that_does_not_follow_is_told_as_broken(rig, run, news):
    with rig.device() as chip:
        lamp = rig.driver()
        running = run(lamp)
        news.wait_for(DeviceUp(LAMP))
        chip.short_circuit()
        lamp.show(Signal.READY)
        assert running.wait() is Fault.BROKEN

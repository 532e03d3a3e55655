"""Keypad, lamp and ignition on lines of a chip, through the nasty cases; their numbers are those of docs/devices.md."""

from __future__ import annotations

import errno

import pytest
from around_rigs import DEVICE, GPIO_RIGS, NAMED_S, SERVES_AGAIN_S, UP, down, on
from gpio_rig import GpioKeypadRig, GpioLampRig, IgnitionLineRig

from drivers.gpio import lines
from drivers.interface import Fault
from drivers.keypad.presses import Timing
from drivers.lamp.pattern import Signal
from drivers.news import Key, KeyPressed, KeyReleased, PowerChanged, PowerSource
from drivers.power.settling import Settle


@on(GpioKeypadRig)
def test_nasty_02_a_key_is_released_when_its_chip_is_unplugged(rig, supervise, news):
    with rig.device() as chip:
        supervise(rig.driver())
        news.wait_for(UP)
        chip.set("BACK", high=False)
        news.wait_for(KeyPressed(DEVICE, Key.BACK))
    news.wait_for(KeyReleased(DEVICE, Key.BACK), down(Fault.UNPLUGGED), patience_s=NAMED_S)


@on(*GPIO_RIGS)
def test_nasty_03_a_chip_plugged_back_under_another_number_is_found_by_its_label(rig, supervise, news):
    with rig.device():
        driver = supervise(rig.driver())
        news.wait_for(UP)
    with rig.device(path=rig.folder / "gpiochip7") as chip:
        news.wait_for(UP, down(Fault.UNPLUGGED), UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, chip, news)


@on(*GPIO_RIGS)
def test_nasty_04_05_a_chip_that_does_not_answer_is_named_and_serves_again(rig, supervise, news):
    with rig.device() as chip:
        driver = supervise(rig.driver())
        news.wait_for(UP)
        chip.mute = True
        news.wait_for(down(Fault.HANGING), patience_s=NAMED_S)
    with rig.device() as chip:
        news.wait_for(down(Fault.HANGING), UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, chip, news)


@on(GpioKeypadRig)
def test_nasty_08_a_burst_that_overflows_the_kernel_leaves_the_keys_as_they_are(rig, supervise, news):
    with rig.device() as chip:
        supervise(rig.driver(timing=Timing(settle_s=0.0)))
        news.wait_for(UP)
        for number in range(2001):
            chip.set("NEXT", high=number % 2 == 1)
        news.wait_until(lambda events: events[-1] == KeyPressed(DEVICE, Key.NEXT))
        chip.set("NEXT", high=True)
        news.wait_until(lambda events: events[-1] == KeyReleased(DEVICE, Key.NEXT), patience_s=NAMED_S)
    pressed = [isinstance(event, KeyPressed) for event in news.events if event not in {UP, down(Fault.UNPLUGGED)}]
    assert pressed == [number % 2 == 0 for number in range(len(pressed))]


@on(GpioLampRig)
def test_nasty_08_of_a_thousand_signals_the_last_is_shown(rig, supervise, news):
    with rig.device() as chip:
        lamp = supervise(rig.driver())
        news.wait_for(UP)
        for number in range(1000):
            lamp.show(list(Signal)[number % len(Signal)])
        lamp.show(Signal.BUSY)
        assert chip.wait_for("AMBER", high=True)
        assert not chip.level("RED")


@on(GpioLampRig)
def test_nasty_08_a_lamp_that_is_away_takes_a_thousand_signals_without_waiting(rig, supervise, news):
    lamp = supervise(rig.driver())
    news.wait_for(down(Fault.UNPLUGGED))
    for number in range(1000):
        lamp.show(list(Signal)[number % len(Signal)])
    lamp.show(Signal.READY)
    with rig.device() as chip:
        assert chip.wait_for("GREEN", high=True, patience_s=SERVES_AGAIN_S)


@on(IgnitionLineRig)
def test_nasty_08_a_thousand_bounces_of_the_ignition_are_one_change(rig, supervise, news):
    with rig.device() as chip:
        supervise(rig.driver(settle=Settle(0.5, 0.5)))  # longer than this machine is ever held up between two bounces
        news.wait_for(UP)
        for number in range(1001):
            chip.set("ignition", high=number % 2 == 0)
        news.wait_until(lambda events: len(events) == 3)
        chip.set("ignition", high=False)
        news.wait_until(lambda events: len(events) == 4)
    changes = [event.source for event in news.events if isinstance(event, PowerChanged)]
    assert changes == [PowerSource.BATTERY, PowerSource.EXTERNAL, PowerSource.BATTERY]


@on(*GPIO_RIGS)
def test_nasty_09_two_chips_that_swap_numbers_are_told_apart_by_their_labels(rig, supervise, news):
    with rig.device() as chip, rig.other(rig.folder / "gpiochip1"):
        driver = supervise(rig.driver())
        news.wait_for(UP)
        rig.use(driver, chip, news)
    news.wait_for(down(Fault.UNPLUGGED))
    with rig.device(path=rig.folder / "gpiochip1") as chip, rig.other(rig.folder / "gpiochip0"):
        news.wait_for(down(Fault.UNPLUGGED), UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, chip, news)


@on(*GPIO_RIGS)
def test_nasty_10_lines_held_by_another_program_are_busy_until_it_lets_go(rig, supervise, news):
    with rig.device() as chip:
        with rig.hold():
            driver = supervise(rig.driver())
            news.wait_for(down(Fault.BUSY), patience_s=NAMED_S)
        news.wait_for(UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, chip, news)


@on(GpioLampRig)
@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.EPERM, Fault.REFUSED),
        (errno.EIO, Fault.NOT_ANSWERING),
        (errno.EAGAIN, Fault.NOT_ANSWERING),
        (errno.ENODEV, Fault.UNPLUGGED),
    ],
    ids=["10-EPERM", "15-EIO", "15-EAGAIN", "15-ENODEV"],
)
def test_nasty_10_15_a_kernel_that_refuses_for_ever_is_named_and_serves_again(rig, supervise, news, number, fault):
    with rig.device() as chip:
        _refuses_for_ever(rig, chip, supervise, news, (number, fault))


@on(GpioKeypadRig, IgnitionLineRig)
def test_nasty_15_a_kernel_that_refuses_to_tell_levels_is_named_and_serves_again(rig, supervise, news):
    with rig.device() as chip:
        _refuses_for_ever(rig, chip, supervise, news, (errno.EIO, Fault.NOT_ANSWERING))


def _refuses_for_ever(rig, chip, supervise, news, refusal):
    number, fault = refusal
    driver = supervise(rig.driver())
    news.wait_for(UP)
    chip.refusing = number
    news.wait_for(down(fault), patience_s=NAMED_S)
    chip.refusing = None
    news.wait_for(down(fault), UP, patience_s=SERVES_AGAIN_S)
    rig.use(driver, chip, news)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (errno.EACCES, Fault.REFUSED),
        (errno.EPERM, Fault.REFUSED),
        (errno.EBUSY, Fault.BUSY),
        (errno.ENOENT, Fault.UNPLUGGED),
        (errno.ENODEV, Fault.UNPLUGGED),
        (errno.ENXIO, Fault.UNPLUGGED),
    ],
)
def test_nasty_10_why_a_chip_does_not_open_is_named(number, fault):
    assert lines._fault(OSError(number, "no")) is fault

"""What is around the kiosk through every nasty case; the cases' numbers are those of docs/devices.md."""

from __future__ import annotations

import errno
import fcntl
import gc
import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from gpio_rig import GpioKeypadRig, GpioLampRig, IgnitionLineRig
from keypad_rig import HidKeypadRig
from power_rig import PowerSuppliesRig
from sound_rig import HeadphoneSocketRig, SpeakerRig

from drivers.event_device import node
from drivers.event_device.records import EV_KEY, Record, encode
from drivers.gpio import lines
from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.keypad.presses import Timing
from drivers.lamp.pattern import Signal
from drivers.news import Key, KeyPressed, KeyReleased, PowerChanged, PowerSource
from drivers.supervisor import Supervisor

DEVICE = DeviceName("device")
UP = DeviceUp(DEVICE)
NAMED_S = 2.0
SERVES_AGAIN_S = 5.0
GPIO_RIGS = [GpioKeypadRig, GpioLampRig, IgnitionLineRig]
RIGS = [HidKeypadRig, *GPIO_RIGS, PowerSuppliesRig, SpeakerRig, HeadphoneSocketRig]


def on(*rigs):
    return pytest.mark.parametrize("rig", rigs, indirect=True, ids=lambda rig: rig.__name__.removesuffix("Rig"))


@pytest.fixture
def rig(request, tmp_path):
    return request.param(DEVICE, tmp_path)


@pytest.fixture
def supervise(news):
    """Keep a driver open as the kiosk does."""
    with ExitStack() as ending:

        def start(driver, **how):
            supervisor = Supervisor([driver], news, **how)
            supervisor.start()
            ending.callback(supervisor.stop)
            return driver

        yield start


def down(fault):
    return DeviceDown(DEVICE, fault)


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


@on(HidKeypadRig)
def test_nasty_03_a_pad_plugged_back_under_another_number_is_found_by_its_name(rig, tmp_path, supervise, news):
    by_id, number = rig.path, iter(range(5, 9))
    for _ in range(2):
        rig.path = tmp_path / f"event{next(number)}"
        with rig.device() as keypad:
            by_id.symlink_to(rig.path)
            driver = type(rig)(DEVICE, tmp_path).driver()
            supervise(driver)
            news.wait_for(UP)
            rig.use(driver, keypad, news)
            by_id.unlink()


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


@on(HidKeypadRig, HeadphoneSocketRig)
@pytest.mark.parametrize(
    "garbage",
    [os.urandom(2_000_000), b"\xff\xfe\xc3" * 600_000, encode(Record(0x7FFF, 28, 1)) * 1000],
    ids=["noise", "bad-utf8", "no-such-event"],
)
def test_nasty_06_an_input_device_that_talks_nonsense_is_named_and_serves_again(rig, supervise, news, garbage):
    with rig.device() as keypad:
        supervise(rig.driver())
        news.wait_for(UP)
        keypad.flood(garbage)
        news.wait_for(down(Fault.NOT_ANSWERING), UP, patience_s=NAMED_S + SERVES_AGAIN_S)
        rig.use(None, keypad, news)
    assert not any(isinstance(event, KeyPressed) and event.key is not Key.NEXT for event in news.events)


@on(HidKeypadRig)
def test_nasty_06_two_megabytes_of_nuls_are_no_keys(rig, supervise, news):
    with rig.device() as keypad:
        driver = supervise(rig.driver())
        news.wait_for(UP)
        keypad.send(bytes(24) * 80_000)  # reports without anything in them
        rig.use(driver, keypad, news)
    assert news.events[0:1] == [UP]


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


@on(HidKeypadRig, HeadphoneSocketRig)
def test_nasty_07_half_a_record_and_silence_is_named(rig, supervise, news):
    with rig.device() as keypad:
        supervise(rig.driver())
        news.wait_for(UP)
        keypad.send(encode(Record(EV_KEY, 28, 1))[:11])
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)
        news.wait_for(down(Fault.NOT_ANSWERING), UP, patience_s=SERVES_AGAIN_S)
        rig.use(None, keypad, news)


@on(PowerSuppliesRig)
def test_nasty_07_a_supply_that_says_half_is_named(rig, supervise, news):
    with rig.device() as supplies:
        supervise(rig.driver())
        news.wait_for(UP)
        supplies.says("mains", online="")
        supplies.says("ups", status="Unknown")
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)


@on(HidKeypadRig)
def test_nasty_08_a_burst_of_a_thousand_taps_comes_whole_and_in_order(rig, supervise, news):
    with rig.device() as keypad:
        supervise(rig.driver())
        news.wait_for(UP)
        taps = [list(Key)[number % 4] for number in range(1000)]
        for key in taps:
            keypad.tap(key)
        told = [news_of(DEVICE, key) for key in taps for news_of in (KeyPressed, KeyReleased)]
        news.wait_for(*told)
    assert [event for event in news.events if event != UP] == told


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
        supervise(rig.driver())
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


@on(HidKeypadRig, HeadphoneSocketRig)
def test_nasty_10_an_input_device_held_by_another_process_is_busy_until_it_lets_go(rig, supervise, news):
    with rig.device() as keypad:
        with rig.path.open("rb+", buffering=0) as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            driver = supervise(rig.driver())
            news.wait_for(down(Fault.BUSY), patience_s=NAMED_S)
        news.wait_for(UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, keypad, news)


@pytest.mark.parametrize("fault_of", [node._fault, lines._fault])
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
def test_nasty_10_why_a_device_file_does_not_open_is_named(fault_of, number, fault):
    assert fault_of(OSError(number, "no")) is fault


@on(PowerSuppliesRig)
def test_nasty_15_supplies_whose_files_give_errors_for_ever_are_named(rig, supervise, news):
    with rig.device() as supplies:
        supervise(rig.driver())
        news.wait_for(UP)
        for supply in ("ups", "mains"):
            supplies.fails(supply, "type")  # reading it is EIO
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)


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

    for _ in range(5):
        cycle()
    before, bytes_before = _held(), _resident_bytes()
    for _ in range(cycles):
        cycle()
    assert _held() == before
    assert _resident_bytes() - bytes_before < 8_000_000  # 800 bytes a cycle would be seen


def test_nasty_16_power_is_told_anew_after_every_plugging(tmp_path, supervise, news):
    rig = PowerSuppliesRig(DEVICE, tmp_path)
    supervise(rig.driver())
    for _ in range(2):
        with rig.device():
            news.wait_until(lambda events: isinstance(events[-1], PowerChanged) if events else False)
        news.wait_until(lambda events: events[-1] == down(Fault.UNPLUGGED))


def _run_until_unplugged(driver, news):
    with pytest.raises(DeviceError):
        driver.run(news, threading.Event())


def _resident_bytes():
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _held():
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

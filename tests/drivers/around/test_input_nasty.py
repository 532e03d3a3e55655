"""A pad that types and a headphone socket, through the nasty cases; their numbers are those of docs/devices.md."""

from __future__ import annotations

import errno
import fcntl
import os
import threading

import pytest
from around_rigs import DEVICE, NAMED_S, SERVES_AGAIN_S, UP, down, nobodys_rights, on
from keypad_rig import HidKeypadRig
from sound_rig import HeadphoneSocketRig

from drivers.event_device import node
from drivers.event_device.records import EV_KEY, Record, encode
from drivers.interface import DeviceError, Fault
from drivers.news import Key, KeyPressed, KeyReleased


@on(HidKeypadRig)
def test_nasty_03_a_pad_plugged_back_under_another_number_is_found_by_its_name(rig, tmp_path, supervise, news):
    by_id, driver = rig.path, supervise(rig.driver())
    for number in (5, 6):
        before = len(news.events)
        rig.path = tmp_path / f"event{number}"
        with rig.device() as keypad:
            by_id.symlink_to(rig.path)
            news.wait_until(lambda events, before=before: UP in events[before:], patience_s=SERVES_AGAIN_S)
            rig.use(driver, keypad, news)
            by_id.unlink()


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


@on(HidKeypadRig, HeadphoneSocketRig)
def test_nasty_07_half_a_record_and_silence_is_named(rig, supervise, news):
    with rig.device() as keypad:
        supervise(rig.driver())
        news.wait_for(UP)
        keypad.send(encode(Record(EV_KEY, 28, 1))[:11])
        news.wait_for(down(Fault.NOT_ANSWERING), patience_s=NAMED_S)
        news.wait_for(down(Fault.NOT_ANSWERING), UP, patience_s=SERVES_AGAIN_S)
        rig.use(None, keypad, news)


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


@on(HidKeypadRig, HeadphoneSocketRig)
def test_nasty_10_an_input_device_held_by_another_process_is_busy_until_it_lets_go(rig, supervise, news):
    with rig.device() as keypad:
        with rig.path.open("rb+", buffering=0) as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            driver = supervise(rig.driver())
            news.wait_for(down(Fault.BUSY), patience_s=NAMED_S)
        news.wait_for(UP, patience_s=SERVES_AGAIN_S)
        rig.use(driver, keypad, news)


@on(HidKeypadRig, HeadphoneSocketRig)
def test_nasty_10_an_input_device_that_the_system_refuses_is_told_as_refused(rig, news):
    with rig.device():
        rig.path.chmod(0)
        with nobodys_rights(), pytest.raises(DeviceError) as lost:
            rig.driver().run(news, threading.Event())
    assert lost.value.fault is Fault.REFUSED
    assert news.events == []


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
def test_nasty_10_why_an_input_device_does_not_open_is_named(number, fault):
    assert node._fault(OSError(number, "no")) is fault

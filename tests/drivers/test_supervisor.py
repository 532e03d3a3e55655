"""Devices are kept open, whatever one of them does."""

from __future__ import annotations

import threading

import pytest
from scripted import Scripted, lost, supervise
from structlog.testing import capture_logs

from drivers.flicker import Often
from drivers.interface import DeviceDown, DeviceError, DeviceUp, Fault
from drivers.news import Jack, JackChanged
from drivers.standing import Presence
from drivers.supervisor import Patience, Supervisor


def bug(_emit):
    raise ZeroDivisionError


def panic(_emit):
    """Fail as Rust does below Python, or as a library that takes itself for the program."""
    raise SystemExit


@pytest.mark.parametrize("bug", [bug, panic])
def test_a_driver_that_crashes_is_told_and_started_again(news, bug):
    supervisor = supervise(news, Scripted("printer", bug))
    news.wait_for(DeviceDown("printer", Fault.CRASHED), DeviceUp("printer"))
    supervisor.stop()


def test_each_device_has_a_thread_of_its_name(news):
    printer, scanner = Scripted("printer"), Scripted("scanner")
    supervisor = supervise(news, printer, scanner)
    news.wait_for(DeviceUp("printer"))
    news.wait_for(DeviceUp("scanner"))
    supervisor.stop()
    assert (printer.threads, scanner.threads) == (["printer"], ["scanner"])


def test_the_same_fault_is_told_once_and_another_is_told_again(news):
    steps = [lost(Fault.UNPLUGGED)] * 3 + [lost(Fault.OUT_OF_PAPER)]
    supervisor = supervise(news, Scripted("printer", *steps))
    news.wait_for(DeviceUp("printer"))
    supervisor.stop()
    assert news.events == [
        DeviceDown("printer", Fault.UNPLUGGED),
        DeviceDown("printer", Fault.OUT_OF_PAPER),
        DeviceUp("printer"),
    ]


def test_waits_double_up_to_a_limit_and_begin_anew_after_the_device_was_up(news):
    def served(emit):
        emit(DeviceUp("printer"))
        raise DeviceError(Fault.UNPLUGGED, "gone")

    waits = []
    gone = lost(Fault.UNPLUGGED)
    driver = Scripted("printer", *[gone] * 6, served, gone)
    supervisor = Supervisor(
        [driver],
        news,
        jitter=lambda wait_s: wait_s,
        wait=lambda _, wait_s: bool(waits.append(wait_s)),
        patience=Patience(served_s=0),
    )
    supervisor.start()
    news.wait_for(DeviceUp("printer"), DeviceDown("printer", Fault.UNPLUGGED), DeviceUp("printer"))
    supervisor.stop()
    assert waits == [0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 0.25, 0.5]


def test_nothing_is_told_of_a_device_that_is_closed_on_purpose(news):
    supervisor = supervise(news, Scripted("printer"))
    news.wait_for(DeviceUp("printer"))
    supervisor.stop()
    assert news.events == [DeviceUp("printer")]


def test_a_device_that_says_nothing_at_its_start_is_told_of_within_two_seconds_and_is_opening(news):
    """Told once; and whoever served once is never starting again."""
    driver = Scripted("camera", lambda _: says.wait(5), lost(Fault.UNPLUGGED))
    says = threading.Event()
    looking = Patience(unseen_s=60)
    supervisor = supervise(news, driver, patience=looking)
    starting, gone, up = DeviceDown("camera", Fault.STARTING), DeviceDown("camera", Fault.UNPLUGGED), DeviceUp("camera")
    news.wait_for(starting, patience_s=2)
    assert supervisor.standings[0].presence is Presence.OPENING
    says.set()
    news.wait_for(starting, gone, up)
    supervisor.stop()
    assert news.events == [starting, gone, up]


HEADPHONES = JackChanged("headphones", Jack.HEADPHONES)


def test_a_socket_that_flickers_says_nothing_while_it_is_told_of_as_lost(news):
    ended, end = threading.Event(), threading.Event()

    def flickers(emit):
        for _ in range(100):
            emit(DeviceUp("headphones"))
            emit(HEADPHONES)
            emit(DeviceDown("headphones", Fault.UNPLUGGED))
        ended.set()
        end.wait()

    supervisor = supervise(news, Scripted("headphones", flickers))
    assert ended.wait(5)
    lost_at = len(news.events) - 1 - news.events[::-1].index(DeviceDown("headphones", Fault.UNPLUGGED))
    assert HEADPHONES not in news.events[lost_at:]
    end.set()
    supervisor.stop()


def test_a_device_that_was_plugged_in_is_tried_at_once(news):
    tries = threading.Semaphore(0)

    def gone(_emit):
        tries.release()
        raise DeviceError(Fault.UNPLUGGED, "gone")

    supervisor = Supervisor([Scripted("printer", *[gone] * 3)], news, jitter=lambda _: 3600)
    supervisor.start()
    for _ in range(3):
        assert tries.acquire(timeout=5)
        while supervisor.standings[0].presence is not Presence.ABSENT:
            pass
        supervisor.look_again()
    news.wait_for(DeviceUp("printer"))
    supervisor.stop()


def test_what_is_plugged_in_during_an_attempt_is_tried_again_at_once(news):
    def too_early(_emit):
        supervisor.look_again()
        raise DeviceError(Fault.UNPLUGGED, "its file is not there yet")

    supervisor = Supervisor([Scripted("printer", too_early)], news, jitter=lambda _: 3600)
    supervisor.start()
    news.wait_for(DeviceUp("printer"), patience_s=5)
    supervisor.stop()


def test_whenever_it_is_stopped_every_thread_ends_and_nothing_is_told_of_it(news):
    before = threading.active_count()
    for _ in range(300):
        supervisor = Supervisor([Scripted("printer"), Scripted("scanner")], news)
        supervisor.start()
        supervisor.stop()
        assert threading.active_count() == before
    assert all(isinstance(event, DeviceUp) for event in news.events)


def test_how_each_device_stands_can_be_asked(news):
    supervisor = supervise(news, Scripted("printer", lost(Fault.OUT_OF_PAPER)), Scripted("scanner"))
    news.wait_for(DeviceUp("printer"))
    news.wait_for(DeviceUp("scanner"))
    printer, scanner = supervisor.standings
    supervisor.stop()
    assert (printer.device, printer.presence, printer.times_up, printer.times_down) == ("printer", Presence.READY, 1, 1)
    assert (scanner.device, scanner.presence, scanner.reason) == ("scanner", Presence.READY, None)


def test_a_driver_that_only_comes_up_is_not_opened_ever_faster(news):
    def flickers(emit):
        emit(DeviceUp("printer"))
        raise DeviceError(Fault.UNPLUGGED, "gone")

    waits = []
    supervisor = Supervisor(
        [Scripted("printer", *[flickers] * 5)],
        news,
        jitter=lambda wait_s: wait_s,
        wait=lambda _, wait_s: bool(waits.append(wait_s)),
    )
    supervisor.start()
    news.wait_until(lambda events: events.count(DeviceUp("printer")) == 6)
    supervisor.stop()
    assert waits == [0.25, 0.5, 1.0, 2.0, 2.0]


def test_a_driver_that_fails_the_same_way_all_night_fills_no_log(news):
    crashes = 2000
    with capture_logs() as logs:
        supervisor = supervise(news, Scripted("printer", *[bug] * crashes, *[lost(Fault.BUSY)] * crashes))
        news.wait_for(DeviceUp("printer"))
        supervisor.stop()
    assert [line["event"] for line in logs] == ["driver crashed", "device lost"]
    assert supervisor.standings[0].crashes == crashes


def test_a_device_that_comes_and_goes_a_thousand_times_is_told_of_as_lost(news):
    def flickers(emit):
        for _ in range(1000):
            emit(DeviceUp("printer"))
            emit(DeviceDown("printer", Fault.OUT_OF_PAPER))
        emit(DeviceUp("printer"))
        emitted.set()
        end.wait()

    emitted, end = threading.Event(), threading.Event()
    often = Often(stays_s=0.3)
    supervisor = supervise(news, Scripted("printer", flickers), patience=Patience(often=often))
    assert emitted.wait(5)
    told = len(news.events)
    assert told <= often.changes + 1
    assert news.events[-1] == DeviceDown("printer", Fault.OUT_OF_PAPER)
    news.wait_until(lambda events: events[-1] == DeviceUp("printer"), patience_s=5)
    assert len(news.events) == told + 1
    end.set()
    supervisor.stop()


def test_who_listens_and_fails_takes_no_device_away(news):
    def deaf(event):
        news(event)
        raise ZeroDivisionError

    supervisor = Supervisor([Scripted("printer", lost(Fault.BUSY)), Scripted("scanner")], deaf)
    supervisor.start()
    news.wait_for(DeviceDown("printer", Fault.BUSY), DeviceUp("printer"))
    news.wait_for(DeviceUp("scanner"))
    supervisor.stop()
    assert supervisor.standings[0].crashes == 0


def test_what_never_began_can_be_stopped(news):
    Supervisor([Scripted("printer")], news).stop()
    assert news.events == []

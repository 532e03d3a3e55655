"""Devices are kept open, whatever one of them does."""

from __future__ import annotations

import threading

import pytest

from drivers.interface import Caution, DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.standing import Presence
from drivers.supervisor import Patience, Supervisor


class Scripted:
    """A driver that lives through one step of `steps` at each run, and then waits to be stopped."""

    def __init__(self, name, *steps):
        self.name = DeviceName(name)
        self._steps = list(steps)
        self.threads = []

    def run(self, emit, stop):
        self.threads.append(threading.current_thread().name)
        if self._steps:
            self._steps.pop(0)(emit)
        else:
            emit(DeviceUp(self.name))
            stop.wait()


def lost(fault):
    def step(_emit):
        raise DeviceError(fault, "gone")

    return step


def bug(_emit):
    raise ZeroDivisionError


def supervise(news, *drivers, **how):
    supervisor = Supervisor(drivers, news, jitter=lambda _: 0, **how)
    supervisor.start()
    return supervisor


def test_a_driver_that_crashes_is_told_and_started_again(news):
    supervisor = supervise(news, Scripted("printer", bug))
    news.wait_for(DeviceDown("printer", Fault.CRASHED), DeviceUp("printer"))
    supervisor.stop()


def test_a_driver_that_hangs_stops_neither_another_nor_the_end(news):
    forever = threading.Event()
    supervisor = supervise(news, Scripted("printer", lambda _: forever.wait()), Scripted("scanner"))
    news.wait_for(DeviceUp("scanner"))
    supervisor.stop()
    assert [thread.name for thread in threading.enumerate()].count("scanner") == 0
    forever.set()


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
        [driver], news, jitter=lambda wait_s: wait_s, wait=lambda _, wait_s: bool(waits.append(wait_s))
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


SOON = Patience(unseen_s=0.05, given_up_s=0.2)


def test_a_driver_that_hangs_is_told_of_and_opened_anew_once_its_call_comes_back(news):
    call = threading.Event()
    supervisor = supervise(news, Scripted("printer", lambda _: call.wait()), patience=SOON)
    news.wait_for(DeviceDown("printer", Fault.HANGING))
    call.set()
    news.wait_for(DeviceDown("printer", Fault.HANGING), DeviceUp("printer"))
    supervisor.stop()


class Serving(Scripted):
    """A driver that serves, and whose next call to its device lasts until `call` is set."""

    call = threading.Event()

    def run(self, emit, stop):
        self.runs = getattr(self, "runs", 0) + 1
        emit(DeviceUp(self.name, Caution.PAPER_NEAR_END))
        self.call.wait()
        while not stop.wait(0.01):
            pass


def test_a_driver_that_serves_is_told_of_within_two_seconds_and_keeps_its_device_where_it_comes_back_soon(news):
    driver = Serving("printer")
    driver.call = threading.Event()
    up = DeviceUp("printer", Caution.PAPER_NEAR_END)
    supervisor = supervise(news, driver)
    news.wait_for(up)
    news.wait_for(DeviceDown("printer", Fault.HANGING), patience_s=2)
    driver.call.set()
    news.wait_for(up, DeviceDown("printer", Fault.HANGING), up, patience_s=1)
    supervisor.stop()
    assert driver.runs == 1
    assert news.events == [up, DeviceDown("printer", Fault.HANGING), up]


def test_a_driver_that_comes_back_late_has_lost_its_device(news):
    driver = Serving("printer")
    driver.call = threading.Event()
    supervisor = supervise(news, driver, patience=SOON)
    news.wait_for(DeviceDown("printer", Fault.HANGING))
    (kept,) = supervisor._kept
    assert threading.Event.wait(kept._leash, 5)  # unseen: the leash counts its own looks
    driver.call.set()
    news.wait_until(lambda events: events.count(DeviceUp("printer", Caution.PAPER_NEAR_END)) == 2)
    supervisor.stop()
    assert driver.runs == 2


class Looking(Scripted):
    """A driver that serves, and counts its looks in `looks`."""

    def __init__(self, name):
        super().__init__(name)
        self.looks = threading.Semaphore(0)

    def run(self, emit, stop):
        emit(DeviceUp(self.name))
        while not stop.wait(0.01):
            self.looks.release()


def test_a_driver_that_looks_at_its_leash_does_not_hang(news):
    driver = Looking("scanner")
    supervisor = supervise(news, driver, patience=SOON)
    for _ in range(50):
        assert driver.looks.acquire(timeout=5)
    supervisor.stop()
    assert news.events == [DeviceUp("scanner")]


@pytest.mark.parametrize("late_s", [0.5, 30.0])
def test_a_watch_that_is_itself_late_counts_only_what_it_should_have_slept(news, late_s):
    """A machine under load, or one that slept: nobody hangs because everybody stood still."""
    driver = Serving("printer")
    driver.call = threading.Event()
    supervisor = Supervisor([driver], news)
    (kept,) = supervisor._kept
    kept.thread.start()
    news.wait_for(DeviceUp("printer", Caution.PAPER_NEAR_END))
    times = iter([0.0, late_s, 2 * late_s])
    with pytest.raises(StopIteration):
        supervisor._look(lambda: next(times))
    driver.call.set()
    kept.stop()
    kept.thread.join()
    assert news.events == [DeviceUp("printer", Caution.PAPER_NEAR_END)]


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


def test_how_each_device_stands_can_be_asked(news):
    supervisor = supervise(news, Scripted("printer", lost(Fault.OUT_OF_PAPER)), Scripted("scanner"))
    news.wait_for(DeviceUp("printer"))
    news.wait_for(DeviceUp("scanner"))
    printer, scanner = supervisor.standings
    supervisor.stop()
    assert (printer.device, printer.presence, printer.times_up, printer.times_down) == ("printer", Presence.READY, 1, 1)
    assert (scanner.device, scanner.presence, scanner.reason) == ("scanner", Presence.READY, None)

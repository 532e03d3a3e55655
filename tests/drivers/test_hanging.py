"""A driver that hangs in a call to its device is told of, left alone, and never called hanging where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from scripted import PipeReader, Scripted, supervise

from drivers.interface import Caution, DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import Jack, JackChanged, PowerChanged, PowerSource
from drivers.supervisor import Patience, Supervisor


def test_a_driver_that_hangs_stops_neither_another_nor_the_end(news):
    forever = threading.Event()
    supervisor = supervise(news, Scripted("printer", lambda _: forever.wait()), Scripted("scanner"))
    news.wait_for(DeviceUp("scanner"))
    supervisor.stop()
    assert [thread.name for thread in threading.enumerate()].count("scanner") == 0
    forever.set()


SOON = Patience(unseen_s=0.05, given_up_s=0.2)


def test_a_driver_that_hangs_is_told_of_and_opened_anew_once_its_call_comes_back(news):
    call = threading.Event()
    supervisor = supervise(news, Scripted("printer", lambda _: call.wait()), patience=SOON)
    news.wait_for(DeviceDown("printer", Fault.HANGING))
    call.set()
    news.wait_for(DeviceDown("printer", Fault.HANGING), DeviceUp("printer"))
    supervisor.stop()


def test_a_driver_that_hung_once_while_it_is_opened_is_starting_again(news):
    hangs, opens = threading.Event(), threading.Event()

    class Slow(Scripted):
        def run(self, emit, stop):
            hangs.wait()
            while not opens.wait(0.01):
                stop.is_set()
            super().run(emit, stop)

    supervisor = supervise(news, Slow("camera"), patience=Patience(unseen_s=0.05))
    hung, starting, up = DeviceDown("camera", Fault.HANGING), DeviceDown("camera", Fault.STARTING), DeviceUp("camera")
    news.wait_for(hung)
    hangs.set()
    news.wait_for(hung, starting)
    opens.set()
    news.wait_for(hung, starting, up)
    supervisor.stop()
    assert news.events == [hung, starting, up]


def test_a_driver_whose_reopening_hangs_once_is_not_called_starting(news):
    """What is known to be away stays so: the lamp is red, and the screen says why."""
    reopens, hangs, looked, opens = (threading.Event() for _ in range(4))

    class Lost(Scripted):
        def run(self, emit, stop):
            if not self.threads:
                self.threads.append("served")
                emit(DeviceUp(self.name))
                raise DeviceError(Fault.UNPLUGGED, "gone")
            reopens.set()
            hangs.wait()
            stop.is_set()
            looked.set()
            opens.wait()
            super().run(emit, stop)

    supervisor = Supervisor([Lost("printer")], news, jitter=lambda _: 0)
    (kept,) = supervisor._kept
    kept.thread.start()
    assert reopens.wait(5)
    kept.look(2.0)
    hangs.set()
    assert looked.wait(5)
    kept.look(0.2)
    opens.set()
    up, gone = DeviceUp("printer"), DeviceDown("printer", Fault.UNPLUGGED)
    news.wait_for(up, gone, up)
    kept.stop()
    kept.thread.join()
    assert news.events == [up, gone, up]


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


BATTERY, HEADPHONES = PowerChanged("power", PowerSource.BATTERY_LOW), JackChanged("headphones", Jack.HEADPHONES)


@pytest.mark.parametrize("said", [BATTERY, HEADPHONES])
def test_what_a_device_said_for_long_is_told_again_once_it_does_not_hang_any_more(news, said):
    """Whoever hears that a device is lost forgets what it said: a battery nearly empty, headphones plugged in."""
    call = threading.Event()

    def run(emit, stop):
        emit(DeviceUp(said.device))
        emit(said)
        call.wait()
        while not stop.wait(0.01):
            pass

    supervisor = supervise(news, SimpleNamespace(name=said.device, run=run), patience=Patience(unseen_s=0.05))
    hanging = DeviceDown(said.device, Fault.HANGING)
    news.wait_for(hanging)
    call.set()
    news.wait_for(hanging, DeviceUp(said.device), said)
    supervisor.stop()
    assert news.events == [DeviceUp(said.device), said, hanging, DeviceUp(said.device), said]


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


def test_a_driver_that_waits_on_its_leash_does_not_hang_however_long(news):
    def run(emit, stop):
        emit(DeviceUp("power"))
        stop.wait(10 * SOON.given_up_s)
        emit(DeviceUp("power", Caution.ANSWERS_LATE))
        stop.wait()

    supervisor = supervise(news, SimpleNamespace(name=DeviceName("power"), run=run), patience=SOON)
    news.wait_for(DeviceUp("power", Caution.ANSWERS_LATE))
    supervisor.stop()
    assert news.events == [DeviceUp("power"), DeviceUp("power", Caution.ANSWERS_LATE)]


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


def test_fifty_devices_that_hang_end_in_the_time_of_one(news):
    forever = threading.Event()
    supervisor = supervise(news, *(Scripted(f"device {number}", lambda _: forever.wait()) for number in range(50)))
    stopping = threading.Thread(target=supervisor.stop)
    stopping.start()
    stopping.join(5)
    assert not stopping.is_alive()
    forever.set()


def test_a_call_that_comes_back_after_the_end_tells_nothing(news):
    call, told = threading.Event(), threading.Event()

    def late(emit):
        call.wait()
        emit(DeviceUp("printer"))
        told.set()

    driver = Scripted("printer", late)
    supervisor = supervise(news, driver)
    (kept,) = supervisor._kept
    kept.stop()
    call.set()
    assert told.wait(5)
    supervisor.stop()
    assert news.events == []


def test_what_one_run_did_not_look_is_not_held_against_the_next(news):
    """Connecting to a printer may take a second each time, and it may be plugged in again and again meanwhile."""
    steps = [threading.Event() for _ in range(5)]
    begun = threading.Semaphore(0)

    def slow(step):
        def connect(_emit):
            begun.release()
            step.wait()
            raise DeviceError(Fault.UNPLUGGED, "nobody answers")

        return connect

    supervisor = Supervisor([Scripted("printer", *map(slow, steps))], news, jitter=lambda _: 0)
    (kept,) = supervisor._kept
    kept.thread.start()
    for step in steps:
        assert begun.acquire(timeout=5)
        for _ in range(8):
            kept.look(0.2)  # 1.6 s, 8 s in all
        step.set()
    news.wait_for(DeviceUp("printer"))
    kept.stop()
    kept.thread.join()
    hanging = DeviceDown("printer", Fault.HANGING)
    assert news.events == [hanging, DeviceDown("printer", Fault.UNPLUGGED), DeviceUp("printer")]


def test_a_driver_that_hangs_in_the_kernel_is_told_of_within_two_seconds_and_serves_within_five(tmp_path, news):
    os.mkfifo(tmp_path / "pipe")
    supervisor = supervise(news, PipeReader("printer", tmp_path / "pipe"), Looking("scanner"))
    news.wait_for(DeviceDown("printer", Fault.HANGING), patience_s=2)
    with (tmp_path / "pipe").open("wb"):
        news.wait_for(DeviceDown("printer", Fault.HANGING), DeviceUp("printer"), patience_s=5)
        supervisor.stop()
    assert [event for event in news.events if event.device == "scanner"] == [DeviceUp("scanner")]


def test_a_process_ends_though_a_driver_hangs_in_the_kernel(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    program = """
import sys
from pathlib import Path
from drivers.supervisor import Supervisor
from scripted import PipeReader

supervisor = Supervisor([PipeReader("printer", Path(sys.argv[1]))], lambda _: None)
supervisor.start()
supervisor.stop()
print("stopped", flush=True)
"""
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "pipe")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(here.parents[1]), str(here / "rigs")])},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "stopped\n"), done.stderr


@contextmanager
def busy(threads):
    """Keep every core busy, and the interpreter as well."""
    end = threading.Event()

    def burn():
        while not end.is_set():
            sum(range(10_000))

    burning = [threading.Thread(target=burn) for _ in range(threads)]
    others = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * len(os.sched_getaffinity(0)))
    ]
    for each in burning:
        each.start()
    try:
        yield
    finally:
        end.set()
        for each in others:
            each.kill()
            each.wait()
        for each in burning:
            each.join()


@pytest.mark.parametrize("looks", [50, pytest.param(3000, marks=[pytest.mark.prove, pytest.mark.timeout(3600)])])
def test_a_machine_under_load_raises_no_false_alarm(news, looks):
    drivers = [Looking(f"device {number}") for number in range(5)]
    with busy(8):
        supervisor = supervise(news, *drivers)
        for _ in range(looks // 5):
            for driver in drivers:
                assert driver.looks.acquire(timeout=60)
        supervisor.stop()
    assert all(isinstance(event, DeviceUp) for event in news.events)

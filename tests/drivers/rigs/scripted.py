"""Drivers that do as a test says, and the supervisor over them."""

from __future__ import annotations

import threading

from drivers.interface import DeviceError, DeviceName, DeviceUp
from drivers.supervisor import Supervisor


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


def supervise(news, *drivers, **how):
    supervisor = Supervisor(drivers, news, jitter=lambda _: 0, **how)
    supervisor.start()
    return supervisor


class PipeReader:
    """A driver that opens a pipe, which hangs in the kernel until somebody writes, and then serves."""

    def __init__(self, name, path):
        self.name = DeviceName(name)
        self._path = path

    def run(self, emit, stop):
        with self._path.open("rb"):
            emit(DeviceUp(self.name))
            while not stop.wait(0.1):
                pass

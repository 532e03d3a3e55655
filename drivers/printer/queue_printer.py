"""A receipt printer behind a CUPS queue. Adapter (lp, lpstat and cancel as child processes).

For a printer that only CUPS can reach. A queue says that it has sent a job, never that the paper is out: so the driver
serves with the caution `CANNOT_TELL`, and a paper that was sent is told as unknown. The queue is the kiosk's alone.
Whatever becomes of a job, the queue is purged, for CUPS keeps what it has printed for a day; so is what a scheduler or
a process left there that died, unprinted. A scheduler that lets nobody purge, and keeps jobs, is not served by.
"""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time
from typing import TYPE_CHECKING

from drivers.interface import Caution, DeviceDown, DeviceError, DeviceUp, Fault
from drivers.news import NotPrinted, PrintUnknown
from drivers.printer.layout import lay_out
from drivers.printer.queue_telling import lists, queue_fault, request_id, waits
from drivers.printer.session import Settings

if TYPE_CHECKING:
    from drivers.driver import Emit
    from drivers.interface import DeviceName
    from drivers.news import DeviceEvent
    from drivers.printer.session import PrintJob

# CUPS answers at once or, when it is ill, not at all; and a driver looks at its leash every two seconds.
_CHILD_S = 1.2
_LOOK_S = 0.7
# What is just being sent is purged once its backend has ended.
_PURGE_S = 1.0


class QueuePrinter:
    """Prints receipts through a queue; see `ReceiptPrinter` for one whose printer answers."""

    def __init__(self, name: DeviceName, queue_name: str, settings: Settings | None = None) -> None:
        self._name = name
        self._queue = queue_name
        self._settings = settings or Settings()
        self._jobs: queue.SimpleQueue[PrintJob] = queue.SimpleQueue()
        self._door = threading.Lock()  # guards the next three
        self._emit: Emit | None = None
        self._serving = False
        self._fault = Fault.UNPLUGGED
        self._holds = True  # the spool may hold a paper, of the process before, too; only the running thread asks

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def submit(self, job: PrintJob) -> None:
        """Take a job; refused at once where the queue takes none. Never waits."""
        with self._door:
            if self._serving or self._emit is None:
                self._jobs.put(job)
                return
            emit, fault = self._emit, self._fault
        emit(NotPrinted(self._name, job.id, fault))

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Watch the queue and print until stopped.

        Raises:
            DeviceError: there is no such queue, or no scheduler.
        """
        with self._door:
            self._emit = emit
        fault = Fault.UNPLUGGED
        try:
            self._serve(emit, stop)
        except DeviceError as error:
            fault = error.fault
            if not stop.is_set():
                raise
        finally:
            with self._door:
                self._serving, self._fault = False, fault
            self._refuse_waiting(emit)

    def _serve(self, emit: Emit, stop: threading.Event) -> None:
        told: Fault | None = Fault.UNPLUGGED
        while not stop.is_set():
            fault = self._look()
            self._purge(stop)
            if fault is not told:
                with self._door:
                    self._serving, self._fault = fault is None, fault or self._fault
                up: DeviceEvent = DeviceUp(self._name, Caution.CANNOT_TELL)
                emit(up if fault is None else DeviceDown(self._name, fault))
                told = fault
            if fault is not None:
                self._refuse_waiting(emit)
            try:
                job = self._jobs.get(timeout=_LOOK_S)
            except queue.Empty:
                continue
            emit(self._print(job, stop))

    def _look(self) -> Fault | None:
        """Return why the queue takes nothing.

        Raises:
            DeviceError: it is not there, or its scheduler is not.
        """
        fault = queue_fault(self._say("lpstat", "-r"), self._say("lpstat", "-p", self._queue))
        if fault in {Fault.SERVICE_DOWN, Fault.UNPLUGGED, Fault.NOT_ANSWERING}:
            raise DeviceError(fault, f"the queue {self._queue!r} is not there")
        return fault

    def _print(self, job: PrintJob, stop: threading.Event) -> DeviceEvent:
        """Give a job to the queue and wait until it has sent it; return what can be said."""
        from drivers.printer import drawing, encode  # noqa: PLC0415  (late: python-escpos and Pillow are heavy)

        how = self._settings
        laid = lay_out(job.receipt, how.paper, how.profile, drawing.ruler())
        data = encode.encode(laid, how.paper, how.profile) + encode.encode_cut(how.profile)
        self._holds = True
        fault = Fault.NOT_ANSWERING
        try:
            request = request_id(self._say("lp", "-d", self._queue, "-o", "raw", "-t", "guichet", data=data))
            if request is None:
                return NotPrinted(self._name, job.id, fault)
            self._wait_while_it_waits(request, stop)
            self._purge(stop)
        except DeviceError as error:
            fault = error.fault
        return PrintUnknown(self._name, job.id, fault)

    def _wait_while_it_waits(self, request: str, stop: threading.Event) -> None:
        deadline_s = time.monotonic() + self._settings.deadlines.job_s
        while waits(self._say("lpstat", "-o", self._queue), request):
            if time.monotonic() >= deadline_s or stop.wait(0.1):
                return
            self._look()

    def _purge(self, stop: threading.Event) -> None:
        """Have the spool forget what is left in it: nothing of a citizen's stays there, or comes out later.

        `cancel -x` of one job leaves a printed one as it is ("already completed"); only all together are purged.

        Raises:
            DeviceError: it does not forget.
        """
        if not self._holds:
            return
        deadline_s = time.monotonic() + _PURGE_S
        while True:
            self._say("cancel", "-a", "-x", self._queue)
            if not lists(self._say("lpstat", "-W", "all", "-o", self._queue), self._queue):
                break
            if time.monotonic() >= deadline_s or stop.wait(0.1):
                raise DeviceError(
                    Fault.REFUSED,
                    f"CUPS keeps what {self._queue!r} has printed: set PreserveJobFiles and PreserveJobHistory to No",
                )
        self._holds = False

    def _refuse_waiting(self, emit: Emit) -> None:
        while True:
            with self._door:
                if self._serving:
                    return
                fault = self._fault
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            emit(NotPrinted(self._name, job.id, fault))

    def _say(self, *command: str, data: bytes | None = None) -> str:
        """Return all that a program of CUPS says.

        Raises:
            DeviceError: it is not installed, or does not come back.
        """
        try:
            ran = subprocess.run(
                command,
                input=data,
                stdin=subprocess.DEVNULL if data is None else None,
                capture_output=True,
                timeout=_CHILD_S,
                env={**os.environ, "LC_ALL": "C"},
                check=False,
            )
        except FileNotFoundError as error:
            raise DeviceError(Fault.SERVICE_DOWN, f"{command[0]} is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise DeviceError(Fault.SERVICE_DOWN, f"{command[0]} does not come back") from error
        return (ran.stdout + ran.stderr).decode("utf-8", errors="replace")

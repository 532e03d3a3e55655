"""A receipt printer on the network, raw TCP on port 9100. Adapter (socket).

    run: connect ─► ask ─► DeviceUp ─► each job: ask, send, wait for its end ─► Printed or NotPrinted
                     └─ a fault ─► DeviceDown, and asked again every second

A job that comes while the printer is away is answered at once: kept for later, a citizen's paper would come out
before the next one. For the same reason, what is left in a printer after a failed job is cleared, and a paper left
hanging is cut off before anything else is printed.
"""

from __future__ import annotations

import queue
import threading
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted, Printed
from drivers.printer.connection import Deadlines, PrinterConnection
from drivers.printer.encode import encode, encode_cut
from drivers.printer.layout import Paper, Receipt, lay_out
from drivers.printer.status import CLEAR_BUFFERS

if TYPE_CHECKING:
    from drivers.interface import Emit
    from drivers.news import DeviceEvent


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A receipt to print, and the number under which its outcome is told."""

    id: int
    receipt: Receipt


class NetworkPrinter:
    """Prints receipts on one printer, one after the other."""

    def __init__(
        self, name: DeviceName, host: str, port: int, paper: Paper, deadlines: Deadlines | None = None
    ) -> None:
        self._name = name
        self._host = host
        self._port = port
        self._paper = paper
        self._deadlines = deadlines or Deadlines()
        self._door = threading.Lock()  # guards the next four
        self._jobs: queue.SimpleQueue[PrintJob] = queue.SimpleQueue()
        self._emit: Emit | None = None
        self._serving = False
        self._fault = Fault.UNPLUGGED
        self._hanging = False  # a paper was begun and not cut; only the running thread asks

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def submit(self, job: PrintJob) -> None:
        """Take a job; its outcome is told as an event, at once where the printer is away. Never waits.

        Before the first `run` nobody listens: the job is refused when it begins.
        """
        with self._door:
            if self._serving or self._emit is None:
                self._jobs.put(job)
                return
            emit, fault = self._emit, self._fault
        emit(NotPrinted(self._name, job.id, fault))

    def run(self, emit: Emit, stop: threading.Event) -> None:
        """Open the printer and print until stopped.

        Raises:
            DeviceError: the printer could not be reached, or was lost.
        """
        with self._door:
            self._emit = emit
        self._refuse_waiting(emit)
        fault = Fault.UNPLUGGED
        try:
            with closing(PrinterConnection.open(self._host, self._port, self._deadlines)) as connection:
                self._serve(connection, emit, stop)
        except OSError as error:
            raise DeviceError(fault, f"printer at {self._host}:{self._port}: {error}") from error
        except DeviceError as error:
            fault = error.fault
            raise
        finally:
            with self._door:
                self._serving, self._fault = False, fault
            self._refuse_waiting(emit)

    def _serve(self, connection: PrinterConnection, emit: Emit, stop: threading.Event) -> None:
        told: Fault | None = Fault.UNPLUGGED
        while not stop.is_set():
            fault = connection.ask()
            if fault is Fault.NOT_ANSWERING:
                raise DeviceError(fault, f"printer at {self._host}:{self._port} does not say how it is")
            if fault is None and self._hanging:
                self._cut_off(connection, stop)
            if fault is not told:
                with self._door:
                    self._serving, self._fault = fault is None, fault or self._fault
                emit(DeviceUp(self._name) if fault is None else DeviceDown(self._name, fault))
                self._refuse_waiting(emit, unless_serving=True)
                told = fault
            try:
                job = self._jobs.get(timeout=self._deadlines.look_s)
            except queue.Empty:
                continue
            self._print(connection, job, emit, stop)

    def _print(self, connection: PrinterConnection, job: PrintJob, emit: Emit, stop: threading.Event) -> None:
        """Print one job and tell what became of it; after a failure the connection is begun anew."""
        outcome: DeviceEvent = NotPrinted(self._name, job.id, Fault.CRASHED)
        try:
            self._try_to_print(connection, job, stop)
            outcome = Printed(self._name, job.id)
        except DeviceError as error:
            outcome = NotPrinted(self._name, job.id, error.fault)
            raise
        except OSError:
            outcome = NotPrinted(self._name, job.id, Fault.UNPLUGGED)
            raise
        finally:
            emit(outcome)

    def _try_to_print(self, connection: PrinterConnection, job: PrintJob, stop: threading.Event) -> None:
        data = encode(lay_out(job.receipt, self._paper), self._paper)
        fault = connection.ask()
        if fault is not None:
            raise DeviceError(fault, f"printer at {self._host}:{self._port} cannot print: {fault.name}")
        self._hanging = True
        connection.print(data, stop)
        self._hanging = False

    def _cut_off(self, connection: PrinterConnection, stop: threading.Event) -> None:
        connection.print(CLEAR_BUFFERS + encode_cut(), stop)
        self._hanging = False

    def _refuse_waiting(self, emit: Emit, *, unless_serving: bool = False) -> None:
        with self._door:
            if unless_serving and self._serving:
                return
            fault = self._fault
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            emit(NotPrinted(self._name, job.id, fault))

"""A receipt printer, however it is plugged in. Adapter (threads).

    run: open the line ─► ask ─► DeviceUp ─► each job ─► its outcome
                           └─ a fault ─► DeviceDown, and asked again

What happens while the line is open stands in `session.py`. A job that comes while the printer is away is answered at
once: kept for later, a citizen's paper would come out before the next one. While it is being opened, and what hung out
of it is cut off, nobody knows yet: a job waits these seconds. For the same reason as the first, what is left in a
printer after a failed job is cleared, and a paper left hanging is cut off before anything else is printed.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted
from drivers.printer.journal import Journal
from drivers.printer.session import PrintJob, Session, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.driver import Emit
    from drivers.news import DeviceEvent
    from drivers.printer.lines import Line

__all__ = ["PrintJob", "ReceiptPrinter", "Settings"]


class ReceiptPrinter:
    """Prints receipts on one printer, one after the other. `open_line` opens the way to it, or raises."""

    def __init__(
        self,
        name: DeviceName,
        open_line: Callable[[], Line],
        settings: Settings | None = None,
        journal: Journal | None = None,
    ) -> None:
        self._name = name
        self._open_line = open_line
        self._settings = settings or Settings()
        self._journal = journal or Journal()
        self._door = threading.Lock()  # guards the next five
        self._jobs: queue.SimpleQueue[PrintJob] = queue.SimpleQueue()
        self._emit: Emit | None = None
        self._serving = False
        self._opening = False
        self._fault = Fault.UNPLUGGED

    @property
    def name(self) -> DeviceName:
        """Which device this is."""
        return self._name

    def submit(self, job: PrintJob) -> None:
        """Take a job; its outcome is told as an event, at once where the printer is away. Never waits.

        Before the first `run` nobody listens: the job is refused when it begins.
        """
        with self._door:
            if self._serving or self._opening or self._emit is None:
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
        with self._door:
            self._opening = True
        fault = Fault.UNPLUGGED
        try:
            _warm_up(self._settings)
            line = self._open_line()
            try:
                Session(self._name, self._settings, self._journal, line, stop, self._tell).serve(self._jobs)
            finally:
                line.close()
        except OSError as error:
            raise DeviceError(fault, f"printer: {error}") from error
        except DeviceError as error:
            fault = error.fault
            if not stop.is_set():  # what is stopped is not lost
                raise
        finally:
            with self._door:
                self._serving, self._opening, self._fault = False, False, fault
            self._refuse_waiting(emit)

    def _tell(self, event: DeviceEvent) -> None:
        """Pass on what the session tells, and refuse jobs while the printer is down."""
        with self._door:
            emit = self._emit
            if isinstance(event, DeviceUp):
                self._serving, self._opening = True, False
            elif isinstance(event, DeviceDown):
                self._serving, self._opening, self._fault = False, False, event.fault
        if emit is not None:
            emit(event)
            self._refuse_waiting(emit)

    def _refuse_waiting(self, emit: Emit) -> None:
        while True:
            with self._door:
                if self._serving or self._opening:
                    return
                fault = self._fault
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            emit(NotPrinted(self._name, job.id, fault))


def _warm_up(settings: Settings) -> None:
    """Load what encodes paper, in this thread, before the first citizen waits for it: a third of a second."""
    from drivers.printer import encode  # noqa: PLC0415  (late: python-escpos is heavy)

    encode.encode_cut(settings.profile)

"""What happens while the line to a printer is open. Adapter (time).

It asks how the printer is, tells what changed, and takes each job through `job.advance`: the orders that come out of
it are done here, and what the printer says to them goes in.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from queue import Empty
from typing import TYPE_CHECKING, assert_never

from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted, Printed, PrintUnknown
from drivers.printer.conversation import Conversation, Deadlines, Report
from drivers.printer.job import PASSING, Begun, Job, Lost, Mark, Marked, Mended, OnFault, Order, Phase, Stopped, advance
from drivers.printer.journal import Hanging, Journal
from drivers.printer.laid import Paper
from drivers.printer.layout import lay_out
from drivers.printer.profile import GENERIC, Profile
from drivers.printer.status import RECOVER

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from queue import SimpleQueue

    from drivers.news import DeviceEvent
    from drivers.printer.elements import Receipt
    from drivers.printer.job import Event
    from drivers.printer.lines import Line

# Whoever has freed a cutter sees within five seconds that it serves again.
_RECOVER_S = 3.0


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A receipt to print, and the number under which its outcome is told."""

    id: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Settings:
    """What a printer is, and how it is dealt with."""

    paper: Paper = Paper.MM_80
    profile: Profile = GENERIC
    on_fault: OnFault = OnFault.RESTART
    deadlines: Deadlines = field(default_factory=Deadlines)


class Session:
    """One open line: asks how the printer is, and prints what comes."""

    def __init__(  # noqa: PLR0913, PLR0917  (the parts of one driver, which nobody else puts together)
        self,
        name: DeviceName,
        settings: Settings,
        journal: Journal,
        line: Line,
        stop: threading.Event,
        tell: Callable[[DeviceEvent], None],
    ) -> None:
        self._name = name
        self._settings = settings
        self._journal = journal
        self._stop = stop
        self._tell = tell
        self._talk = Conversation(line, settings.profile, settings.deadlines, stop)
        self._told: Report | None = None
        self._recovered_s = time.monotonic()

    def serve(self, jobs: SimpleQueue[PrintJob]) -> None:
        """Look after the printer and print until stopped, or until it is lost."""
        if self._journal.entry.hanging is not Hanging.NOTHING:
            self._talk.clear()  # at once: without paper, say, it still holds what comes out as soon as a roll is in
        while not self._stop.is_set():
            report = self._talk.ask()
            if self._stop.is_set():
                return
            if report.fault is Fault.NOT_ANSWERING:
                raise DeviceError(report.fault, "the printer does not say how it is")
            if report.fault is None and self._journal.entry.hanging is not Hanging.NOTHING:
                self._cut_off(self._settings.deadlines.job_s)
            self._say(report)
            if report.fault in {Fault.CUTTER_JAMMED, Fault.BROKEN}:
                self._recover()
            try:
                job = jobs.get(timeout=self._settings.deadlines.look_s)
            except Empty:
                continue
            self._print(job)

    def _recover(self) -> None:
        """Tell the printer to try again, now and then: a cutter which is still held makes a noise each time."""
        if time.monotonic() - self._recovered_s >= _RECOVER_S:
            self._recovered_s = time.monotonic()
            self._talk.send(RECOVER, self._settings.deadlines.answer_s)

    def _say(self, report: Report) -> None:
        if report != self._told:
            self._told = report
            fault = report.fault
            self._tell(DeviceUp(self._name, report.caution) if fault is None else DeviceDown(self._name, fault))

    def _print(self, wanted: PrintJob) -> None:
        """Print one job and tell what became of it; after a failure the line is opened anew."""
        outcome: DeviceEvent = NotPrinted(self._name, wanted.id, Fault.CRASHED)
        try:
            job = self._try_to_print(wanted)
            outcome = self._outcome(wanted, job)
        finally:
            self._tell(outcome)
        if job.phase is not Phase.PRINTED:
            raise DeviceError(job.fault or Fault.NOT_ANSWERING, f"the job ended as {job.phase.name}")

    def _outcome(self, wanted: PrintJob, job: Job) -> DeviceEvent:
        fault = job.fault or Fault.NOT_ANSWERING
        match job.phase:
            case Phase.PRINTED:
                return Printed(self._name, wanted.id)
            case Phase.UNKNOWN:
                return PrintUnknown(self._name, wanted.id, fault)
            case _:
                return NotPrinted(self._name, wanted.id, fault)

    def _try_to_print(self, wanted: PrintJob) -> Job:
        """Take one job through `job.advance` to its end."""
        from drivers.printer import drawing, encode  # noqa: PLC0415  (late: python-escpos and Pillow are heavy)

        settings = self._settings
        laid = lay_out(wanted.receipt, settings.paper, settings.profile, drawing.ruler())
        body, cut = encode.encode(laid, settings.paper, settings.profile), encode.encode_cut(settings.profile)
        deadline_s = time.monotonic() + settings.deadlines.job_s
        job, event = Job(), self._next_event(Job(), deadline_s)
        while not job.ended:
            if event is not None:
                job, orders = advance(job, event, settings.on_fault)
                event = self._obey(orders, body, cut, deadline_s)
            else:
                event = self._next_event(job, deadline_s)
        if self._journal.entry.under_way:
            self._journal.ended(job.phase)
        return job

    def _next_event(self, job: Job, deadline_s: float) -> Event | None:
        """Return what happens next; None where nothing does for a while."""
        try:
            return self._look(job, deadline_s)
        except DeviceError as error:
            return Lost(error.fault)
        except OSError:
            return Lost(Fault.UNPLUGGED)

    def _look(self, job: Job, deadline_s: float) -> Event | None:
        if (mark := self._talk.next_mark()) is not None:
            return Marked(mark)
        if time.monotonic() >= deadline_s or self._stop.is_set():
            return Lost(job.fault or Fault.NOT_ANSWERING)
        report = self._talk.ask()
        if (mark := self._talk.next_mark()) is not None:
            return Marked(mark)
        if job.phase is Phase.WAITING:
            return Begun() if report.fault is None else Stopped(report.fault)
        # A busy printer may answer late: only what it says for sure counts before the deadline.
        if report.fault is not Fault.NOT_ANSWERING:
            self._say(report)
            if report.fault is not job.fault:
                return Mended() if report.fault is None else Stopped(report.fault)
        self._rest()
        return None

    def _rest(self) -> None:
        self._talk.listen(self._settings.deadlines.answer_s / 5)

    def _obey(self, orders: list[Order], body: bytes, cut: bytes, deadline_s: float) -> Lost | None:
        """Do what the job orders; where the printer is lost over it, return that."""
        try:
            for order in orders:
                self._do(order, body, cut, deadline_s - time.monotonic())
        except DeviceError as error:
            return Lost(error.fault)
        except OSError:
            return Lost(Fault.UNPLUGGED)
        return None

    def _do(self, order: Order, body: bytes, cut: bytes, left_s: float) -> None:
        match order:
            case Order.SEND_BODY:
                self._journal.begun()
                self._talk.send_marked(body, Mark.BODY, left_s)
            case Order.SEND_CUT:
                self._journal.cutting()
                self._talk.send_marked(cut, Mark.CUT, left_s)
            case Order.CLEAR:
                self._talk.clear()
            case Order.CUT_OFF:
                self._cut_off(left_s)
            case _:
                assert_never(order)

    def _cut_off(self, wait_s: float) -> None:
        """Cut off what hangs out, and wait until it is."""
        from drivers.printer import encode  # noqa: PLC0415  (late: as above)

        part = self._journal.entry.hanging is Hanging.PART
        profile = self._settings.profile
        data = encode.encode_void(profile) if part else encode.encode_cut(profile)
        self._talk.clear()
        data = encode.encode_end_of_order(profile) + data
        deadline_s = time.monotonic() + wait_s
        self._talk.send_marked(data, Mark.CUT, wait_s)
        while self._talk.next_mark() is None:
            report = self._talk.ask()
            if self._stop.is_set() or report.fault not in {None, Fault.NOT_ANSWERING, *PASSING}:
                raise DeviceError(report.fault or Fault.NOT_ANSWERING, "what hangs out could not be cut off")
            if time.monotonic() >= deadline_s:
                if report.fault is None and wait_s >= self._settings.deadlines.job_s:
                    # It has nothing to complain of, and does not say that it has cut: to tell it so again and again
                    # would be a roll of void papers.
                    self._journal.cut_off()
                raise DeviceError(Fault.NOT_ANSWERING, "the printer does not say that it has cut")
            self._rest()
        self._talk.hush()
        if (report := self._talk.ask()).fault is not None:
            raise DeviceError(report.fault, "nobody knows whether what hangs out was cut off")
        self._journal.cut_off()

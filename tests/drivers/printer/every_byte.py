"""A printer that comes to grief at a chosen byte of a job, and what then lies in the tray."""

from __future__ import annotations

from contextlib import contextmanager

from drivers.flicker import Often
from drivers.interface import DeviceDown, DeviceName, DeviceUp
from drivers.news import NotPrinted, Printed, PrintUnknown
from drivers.printer import opening
from drivers.printer.conversation import Deadlines
from drivers.printer.elements import Text, TickBox
from drivers.printer.encode import encode, encode_cut
from drivers.printer.laid import Paper
from drivers.printer.layout import lay_out
from drivers.printer.receipt_printer import PrintJob, ReceiptPrinter, Settings
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.switches import Switches
from drivers.supervisor import Patience, Supervisor

DEVICE = DeviceName("printer")
QUICK = Deadlines(connect_s=1, answer_s=0.5, job_s=5, look_s=0.02, hush_s=0.1)
# Each trouble is told of, though the next follows within a moment.
EVERY_TIME = Patience(often=Often(changes=1_000_000))
# The body's bytes and its mark's, the cut's and its mark's, and questions between: more than any job takes.
_TALK_BYTES = 120


def receipt(number):
    return (Text(f"Papier {number}"), TickBox("Prévenir mon bailleur"), Text(f"FIN {number}"))


def length_bytes(profile):
    laid = lay_out(receipt(1), Paper.MM_80, profile)
    return len(encode(laid, Paper.MM_80, profile) + encode_cut(profile)) + _TALK_BYTES


class Tray:
    """A printer under its supervisor, and the papers that it has cut."""

    def __init__(self, printer, driver, news):
        self._printer, self._driver, self._news = printer, driver, news
        self._number = 0

    def job_with(self, switches, *, mend_at_once):
        """Print one paper while `switches` come to pass, mend all, and return its outcome and its whole papers."""
        self._number += 1
        number = self._number
        heard = len(self._news.events)
        self._printer.switch(switches)
        self._driver.submit(PrintJob(number, receipt(number)))
        if mend_at_once:
            self._news.wait_until(lambda events: any(_ended(event, number) or _down(event) for event in events[heard:]))
            self._printer.switch(Switches())
        self._news.wait_until(lambda events: any(_ended(event, number) for event in events[heard:]))
        self._printer.switch(Switches())
        self.serve_again()
        (outcome,) = [event for event in self._news.events[heard:] if _ended(event, number)]
        return type(outcome), self.whole(number)

    def serve_again(self):
        """Print another paper, which shows that nothing hangs out and all goes on."""
        self._number += 1
        number = self._number
        while not self._prints(number):
            pass
        assert self.whole(number) == 1

    def _prints(self, number):
        heard = len(self._news.events)
        self._news.wait_until(lambda events: _last_state(events) is DeviceUp)
        self._driver.submit(PrintJob(number, receipt(number)))
        self._news.wait_until(lambda events: any(_ended(event, number) for event in events[heard:]))
        return Printed(DEVICE, number) in self._news.events[heard:]

    def whole(self, number):
        """Return how many whole papers of that number lie in the tray: cut, with an end, and not void."""
        papers = [paper.text_lines for paper in self._printer.papers]
        return sum(f"FIN {number}" in lines and not any("INTERROMPU" in line for line in lines) for lines in papers)


@contextmanager
def tray(news, profile, on_fault, model=None):
    with SimulatedPrinter(model=model) as printer:
        way = opening.over_network("127.0.0.1", printer.port, QUICK.connect_s)
        settings = Settings(profile=profile, on_fault=on_fault, deadlines=QUICK)
        driver = ReceiptPrinter(DEVICE, way, settings)
        supervisor = Supervisor([driver], news, jitter=lambda _: 0.005, patience=EVERY_TIME)
        supervisor.start()
        news.wait_for(DeviceUp(DEVICE))
        try:
            yield Tray(printer, driver, news)
        finally:
            printer.switch(Switches())
            supervisor.stop()


def _ended(event, number):
    return isinstance(event, Printed | NotPrinted | PrintUnknown) and event.job_id == number


def _down(event):
    return isinstance(event, DeviceDown)


def _last_state(events):
    return next(type(event) for event in reversed(events) if isinstance(event, DeviceUp | DeviceDown))

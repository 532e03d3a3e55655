"""What the firmware of real printers does, beyond what the manual's first page says; each was seen by somebody.

Sources: Epson, "ESC/POS Command Reference" and "Notes of Real-time Commands"; Citizen, "CT-S300" (DLE DC4 8); and the
issues of mike42/escpos-php (#411: what was sent without paper comes out with the new roll),
tr3v3r/react-native-esc-pos-printer (#95: and after a reconnection), DantSu/ESCPOS-ThermalPrinter-Android (#415) and
python-escpos (#367: a picture torn off turns the next paper to garbage), fabienbellanger/escpos-rs (#18: always the
answer to the question before), DantSu/ESCPOS-ThermalPrinter-Android (#185, #462: accents that come out in Chinese).
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted, Printed, PrintUnknown
from drivers.printer import opening
from drivers.printer.conversation import Deadlines
from drivers.printer.elements import Image, Raster, Text
from drivers.printer.job import OnFault
from drivers.printer.journal import Hanging, Journal
from drivers.printer.profile import PROFILES
from drivers.printer.receipt_printer import PrintJob, ReceiptPrinter, Settings
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.switches import Model, Switches
from drivers.supervisor import Supervisor

DEVICE = DeviceName("printer")
GENERIC, EPSON = PROFILES["generic"], PROFILES["epson-tm-t20"]
COPY = Model(clears=False)  # a copy of Epson's, which does not know how to clear its buffer
VOID = "  PAPIER INTERROMPU, A JETER  "
QUICK = Deadlines(connect_s=1, answer_s=0.3, job_s=3, look_s=0.02, hush_s=0.2)
LONG = tuple(Text(f"Ligne {number} d’une longue liste de papiers") for number in range(40))
makes = pytest.mark.parametrize(
    ("profile", "model"), [(EPSON, Model()), (GENERIC, Model()), (GENERIC, COPY)], ids=["epson", "generic", "copy"]
)


@contextmanager
def served(news, profile=GENERIC, model=None, on_fault=OnFault.RESTART, deadlines=QUICK):
    """Yield a printer and its driver under a supervisor."""
    with SimulatedPrinter(model=model) as printer:
        way = opening.over_network("127.0.0.1", printer.port, QUICK.connect_s)
        driver = ReceiptPrinter(DEVICE, way, Settings(profile=profile, on_fault=on_fault, deadlines=deadlines))
        supervisor = Supervisor([driver], news, jitter=lambda _: 0.01)
        supervisor.start()
        news.wait_for(DeviceUp(DEVICE))
        try:
            yield printer, driver
        finally:
            printer.switch(Switches())
            supervisor.stop()


def wait_for_end(news, number):
    ended = Printed | NotPrinted | PrintUnknown
    news.wait_until(lambda events: any(isinstance(event, ended) and event.job_id == number for event in events))
    return next(type(event) for event in news.events if isinstance(event, ended) and event.job_id == number)


def lines_of(printer):
    return [paper.text_lines for paper in printer.papers]


@makes
def test_paper_that_runs_out_in_the_middle_brings_one_whole_paper_whether_or_not_the_model_can_clear(
    news, profile, model
):
    with served(news, profile, model) as (printer, driver):
        printer.switch(Switches(paper_left_dots=300))
        driver.submit(PrintJob(1, LONG))
        news.wait_for(DeviceDown(DEVICE, Fault.OUT_OF_PAPER))
        printer.switch(Switches())
        assert wait_for_end(news, 1) is Printed
        void, whole = lines_of(printer)
        assert VOID in void
        assert whole == [element.text for element in LONG]


@makes
def test_what_a_printer_kept_over_a_lost_line_is_never_a_whole_paper_and_the_next_one_is(news, profile, model):
    with served(news, profile, model) as (printer, driver):
        printer.switch(Switches(paper_out=True, drop_after_bytes=None))
        news.wait_for(DeviceDown(DEVICE, Fault.OUT_OF_PAPER))
        printer.switch(Switches(trouble_after_bytes=300, drop_after_bytes=1200))
        news.wait_for(DeviceDown(DEVICE, Fault.OUT_OF_PAPER), DeviceUp(DEVICE))
        driver.submit(PrintJob(1, LONG))
        assert wait_for_end(news, 1) is NotPrinted
        printer.switch(Switches())
        heard = len(news.events)
        news.wait_until(lambda events: DeviceUp(DEVICE) in events[heard:])
        driver.submit(PrintJob(2, (Text("Le suivant"),)))
        assert wait_for_end(news, 2) is Printed
        *before, last = lines_of(printer)
        assert last == ["Le suivant"]
        assert all(VOID in lines for lines in before)


def test_a_printer_without_paper_forgets_a_citizens_paper_before_the_roll_is_changed(news):
    with served(news, EPSON, on_fault=OnFault.GIVE_UP) as (printer, driver):
        printer.switch(Switches(trouble_after_bytes=300, drop_after_bytes=1200))
        driver.submit(PrintJob(1, LONG))
        assert wait_for_end(news, 1) is NotPrinted
        printer.switch(replace(printer.mechanism.switches, drop_after_bytes=None))  # the cable is back, the roll is not
        heard = len(news.events)
        news.wait_until(lambda events: DeviceDown(DEVICE, Fault.OUT_OF_PAPER) in events[heard:])
        printed = list(printer.mechanism.hanging_lines)
        printer.switch(Switches())
        assert printer.mechanism.hanging_lines == printed


@makes
@pytest.mark.parametrize("torn_at", [200, 5000])
def test_a_picture_torn_off_in_its_middle_does_not_swallow_the_next_paper(news, profile, model, torn_at):
    picture = Image(Raster(576, b"\x55" * 72 * 200))
    with served(news, profile, model) as (printer, driver):
        printer.switch(Switches(drop_after_bytes=torn_at))
        driver.submit(PrintJob(1, (picture, Text("FIN"))))
        assert wait_for_end(news, 1) is NotPrinted
        printer.switch(Switches())
        news.wait_for(DeviceDown(DEVICE, Fault.UNPLUGGED), DeviceUp(DEVICE))
        driver.submit(PrintJob(2, (Text("Le suivant"),)))
        assert wait_for_end(news, 2) is Printed
        void, whole = lines_of(printer)
        assert VOID in void
        assert whole == ["Le suivant"]
        assert printer.unknown == []


def test_what_the_kernel_still_held_of_a_paper_given_up_never_comes_out(news):
    far_more = (Image(Raster(576, b"\x55" * 72 * 20_000)), Text("FIN"))
    with served(news, GENERIC, Model(buffer_bytes=4096), OnFault.GIVE_UP, replace(QUICK, job_s=1)) as (printer, driver):
        printer.switch(Switches(trouble_after_bytes=300))
        driver.submit(PrintJob(1, far_more))
        news.wait_for(NotPrinted(DEVICE, 1, Fault.NOT_ANSWERING), DeviceDown(DEVICE, Fault.NOT_ANSWERING))
        printer.switch(Switches())
        heard = len(news.events)
        news.wait_until(lambda events: DeviceUp(DEVICE) in events[heard:])
        driver.submit(PrintJob(2, (Text("Le suivant"),)))
        assert wait_for_end(news, 2) is Printed
        assert lines_of(printer)[-1] == ["Le suivant"]
        assert all(VOID in lines and "FIN" not in lines for lines in lines_of(printer)[:-1])
        assert printer.papers[0].length_dots < 600  # what its own buffer held


@pytest.mark.parametrize("on_fault", OnFault)
@pytest.mark.parametrize(("passing", "fault"), [("offline", Fault.OFFLINE), ("overheated", Fault.OVERHEATED)])
def test_what_passes_by_itself_in_the_middle_wastes_no_paper(news, passing, fault, on_fault):
    with served(news, EPSON, on_fault=on_fault) as (printer, driver):
        printer.switch(Switches(trouble_after_bytes=700, trouble=passing))
        driver.submit(PrintJob(1, LONG))
        news.wait_for(DeviceDown(DEVICE, fault))
        printer.switch(Switches())
        assert wait_for_end(news, 1) is Printed
        assert lines_of(printer) == [[element.text for element in LONG]]


def test_a_printer_that_never_says_what_it_has_printed_does_not_fill_the_tray_with_void_papers(news):
    quick = replace(QUICK, job_s=0.3)
    with served(news, GENERIC, Model(marks=False), deadlines=quick) as (printer, driver):
        driver.submit(PrintJob(1, (Text("Papier 1"),)))
        news.wait_for(NotPrinted(DEVICE, 1, Fault.NOT_ANSWERING), DeviceUp(DEVICE))
        driver.submit(PrintJob(2, (Text("Papier 2"),)))
        news.wait_for(NotPrinted(DEVICE, 2, Fault.NOT_ANSWERING), DeviceUp(DEVICE))
        assert [[line for line in lines if line] for lines in lines_of(printer)] == [
            ["Papier 1", VOID],
            ["Papier 2", VOID],
        ]


def test_a_head_that_gets_hot_over_a_large_picture_wastes_no_paper(news):
    large = (Image(Raster(576, b"\x55" * 72 * 4000)), Text("FIN"))
    with served(news, EPSON, Model(buffer_bytes=4096)) as (printer, driver):
        printer.switch(Switches(trouble_after_bytes=20_000, trouble="overheated"))
        driver.submit(PrintJob(1, large))
        with printer.mechanism.changed:
            assert printer.mechanism.changed.wait_for(lambda: printer.mechanism.switches.overheated, 10)
        threading.Event().wait(0.7)  # it says so, and takes nothing, longer than one look
        printer.switch(Switches())
        assert wait_for_end(news, 1) is Printed
        assert not any(VOID in lines for lines in lines_of(printer))


def test_a_head_that_gets_hot_over_a_void_paper_makes_no_second_one(news, tmp_path):
    journal = Journal(tmp_path / "printer.json")
    journal.begun()
    with SimulatedPrinter(model=COPY) as printer:
        printer.switch(Switches(trouble_after_bytes=1000, trouble="overheated"))  # within what fills up a torn picture
        way = opening.over_network("127.0.0.1", printer.port, QUICK.connect_s)
        supervisor = Supervisor([ReceiptPrinter(DEVICE, way, Settings(deadlines=QUICK), journal)], news)
        supervisor.start()
        with printer.mechanism.changed:
            assert printer.mechanism.changed.wait_for(lambda: printer.mechanism.switches.overheated, 10)
        threading.Event().wait(0.7)  # longer than one look
        printer.switch(Switches())
        news.wait_for(DeviceUp(DEVICE))
        supervisor.stop()
        assert [[line for line in lines if line] for lines in lines_of(printer)] == [[VOID]]


def test_a_printer_that_falls_silent_over_a_void_paper_is_not_taken_to_have_cut_it(run, tmp_path):
    journal = Journal(tmp_path / "printer.json")
    journal.begun()
    with SimulatedPrinter() as printer:
        printer.switch(Switches(trouble_after_bytes=1000, trouble="offline"))
        way = opening.over_network("127.0.0.1", printer.port, QUICK.connect_s)
        running = run(ReceiptPrinter(DEVICE, way, Settings(deadlines=replace(QUICK, job_s=0.5)), journal))
        with printer.mechanism.changed:
            assert printer.mechanism.changed.wait_for(lambda: printer.mechanism.switches.offline, 10)
        printer.switch(Switches(offline=True, mute=True))
        assert running.wait() is Fault.NOT_ANSWERING
        assert journal.entry.hanging is Hanging.PART
        printer.switch(Switches())


def test_a_second_kiosk_on_the_same_printer_waits_for_its_turn(news):
    others = type(news)()
    with served(news) as (printer, driver):
        way = opening.over_network("127.0.0.1", printer.port, 1)
        second = ReceiptPrinter(DEVICE, way, Settings(deadlines=QUICK))
        supervisor = Supervisor([second], others, jitter=lambda _: 0.01)
        supervisor.start()
        others.wait_for(DeviceDown(DEVICE, Fault.NOT_ANSWERING))
        second.submit(PrintJob(9, (Text("Papier 9"),)))
        others.wait_for(NotPrinted(DEVICE, 9, Fault.NOT_ANSWERING))
        driver.submit(PrintJob(1, (Text("Papier 1"),)))
        assert wait_for_end(news, 1) is Printed
        assert lines_of(printer) == [["Papier 1"]]
        supervisor.stop()


def test_a_printer_made_for_china_prints_accents(news):
    french = "Où être né ? À l’été, près de Noël : 12 €"
    with served(news, GENERIC, Model(chinese=True)) as (printer, driver):
        driver.submit(PrintJob(1, (Text(french),)))
        assert wait_for_end(news, 1) is Printed
        assert lines_of(printer) == [[french]]


def test_a_cutter_that_is_freed_serves_again_though_its_printer_waits_to_be_told(news):
    with served(news, EPSON, Model(recovers=False)) as (printer, driver):
        printer.switch(Switches(cutter_jammed=True))
        news.wait_for(DeviceDown(DEVICE, Fault.CUTTER_JAMMED))
        printer.switch(Switches())
        news.wait_for(DeviceDown(DEVICE, Fault.CUTTER_JAMMED), DeviceUp(DEVICE), patience_s=5)
        driver.submit(PrintJob(1, (Text("Papier"),)))
        assert wait_for_end(news, 1) is Printed


def test_who_is_stopped_in_the_middle_of_a_megabyte_has_let_go_within_two_seconds(news, run):
    megabyte = (Image(Raster(576, b"\x55" * 72 * 14_000)),)
    with SimulatedPrinter(model=Model(buffer_bytes=4096)) as printer:
        way = opening.over_network("127.0.0.1", printer.port, 1)
        driver = ReceiptPrinter(DEVICE, way, Settings())
        running = run(driver)
        news.wait_for(DeviceUp(DEVICE))
        printer.switch(Switches(trouble_after_bytes=300))
        driver.submit(PrintJob(1, megabyte))
        with printer.mechanism.changed:
            assert printer.mechanism.changed.wait_for(lambda: printer.mechanism.switches.paper_out, 10)
        begun_s = time.monotonic()
        running.stop()
        assert time.monotonic() - begun_s < 2
        news.wait_for(NotPrinted(DEVICE, 1, Fault.NOT_ANSWERING))
        printer.switch(Switches())


class SlowCopy:
    """A line to a printer that kept a mark of before, and takes its time to print: one mark each 0.15 s."""

    def __init__(self):
        self.sent = b""
        self._answers = []  # when, and what
        self._busy_until_s = time.monotonic()
        self._clock = threading.Event()
        self.bodies_before_their_mark = 0

    def write(self, data, _wait_s):
        now_s = time.monotonic()
        if data.startswith(b"\x10\x04"):
            self._answers.append((now_s, b"\x12"))
        marks = data.count(b"\x1dr\x01")
        if marks and not self.sent.count(b"\x1dr\x01"):
            self._answers.append((now_s, b"\0"))  # the one of before
        if b"\x1dV" in data and b"INTERROMPU" not in data:
            self.bodies_before_their_mark += sum(when_s > now_s for when_s, answer in self._answers if answer == b"\0")
        for _ in range(marks):
            self._busy_until_s = max(self._busy_until_s, now_s) + 0.15
            self._answers.append((self._busy_until_s, b"\0"))
        self.sent += data
        return len(data)

    def read(self, wait_s):
        self._answers.sort()
        now_s = time.monotonic()
        if not self._answers or self._answers[0][0] > now_s + wait_s:
            self._clock.wait(wait_s)
            return b""
        when_s, answer = self._answers.pop(0)
        self._clock.wait(max(when_s - now_s, 0))
        return answer

    def close(self):
        pass


def test_a_mark_of_before_which_comes_late_moves_no_cut_before_its_body(news, run, tmp_path):
    line = SlowCopy()
    journal = Journal(tmp_path / "printer.json")
    journal.begun()  # a paper hangs out, and the printer still has its mark to say
    driver = ReceiptPrinter(DEVICE, lambda: line, Settings(profile=GENERIC, deadlines=QUICK), journal)
    run(driver)
    news.wait_for(DeviceUp(DEVICE))
    driver.submit(PrintJob(1, (Text("Papier"),)))
    news.wait_for(Printed(DEVICE, 1))
    assert line.bodies_before_their_mark == 0

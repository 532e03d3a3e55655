"""What becomes of a print job, whatever the printer does meanwhile."""

from __future__ import annotations

import socket

import pytest

from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted, Printed
from drivers.printer import opening
from drivers.printer.conversation import Deadlines
from drivers.printer.elements import Heading, Text, TickBox
from drivers.printer.job import OnFault
from drivers.printer.journal import Journal
from drivers.printer.receipt_printer import PrintJob, ReceiptPrinter, Settings
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.switches import Switches
from drivers.supervisor import Supervisor

DEVICE = DeviceName("printer")
VOID = "  PAPIER INTERROMPU, A JETER  "
RECEIPT = (Heading("Je déménage"), TickBox("Prévenir mon bailleur"), Text("FIN"))
QUICK = Settings(
    on_fault=OnFault.GIVE_UP, deadlines=Deadlines(connect_s=1, answer_s=0.3, job_s=1.5, look_s=0.05, hush_s=0.1)
)


@pytest.fixture
def printer():
    with SimulatedPrinter() as printer:
        yield printer


@pytest.fixture
def driver(printer):
    return ReceiptPrinter(DEVICE, opening.over_network("127.0.0.1", printer.port, 1), QUICK)


@pytest.fixture
def supervised(driver, news):
    supervisor = Supervisor([driver], news, jitter=lambda _: 0.01)
    supervisor.start()
    news.wait_for(DeviceUp(DEVICE))
    yield driver
    supervisor.stop()


def test_a_job_is_printed_when_its_paper_is_cut(supervised, printer, news):
    supervised.submit(PrintJob(7, RECEIPT))
    news.wait_for(Printed(DEVICE, 7))
    assert [paper.text_lines for paper in printer.papers] == [["Je déménage", "☐ Prévenir mon bailleur", "FIN"]]
    assert printer.unknown == []


def test_jobs_are_printed_in_the_order_they_came(supervised, printer, news):
    for number in range(1, 6):
        supervised.submit(PrintJob(number, (Text(f"Papier {number}"),)))
    news.wait_for(*(Printed(DEVICE, number) for number in range(1, 6)))
    assert [paper.text_lines for paper in printer.papers] == [[f"Papier {number}"] for number in range(1, 6)]


@pytest.mark.parametrize(
    ("switches", "fault"),
    [
        (Switches(paper_out=True), Fault.OUT_OF_PAPER),
        (Switches(cover_open=True), Fault.COVER_OPEN),
        (Switches(cover_open=True, paper_out=True), Fault.COVER_OPEN),
        (Switches(cutter_jammed=True), Fault.CUTTER_JAMMED),
        (Switches(overheated=True), Fault.OVERHEATED),
        (Switches(offline=True), Fault.OFFLINE),
        (Switches(mute=True), Fault.NOT_ANSWERING),
        (Switches(garbled=True), Fault.NOT_ANSWERING),
        (Switches(stalled=True), Fault.NOT_ANSWERING),
    ],
)
def test_an_idle_printer_with_a_fault_is_told_and_refuses_paper(supervised, printer, news, switches, fault):
    printer.switch(switches)
    news.wait_for(DeviceDown(DEVICE, fault))
    supervised.submit(PrintJob(1, RECEIPT))
    news.wait_for(NotPrinted(DEVICE, 1, fault))
    assert printer.papers == []


@pytest.mark.parametrize(
    ("switches", "fault"),
    [
        (Switches(paper_out=True), Fault.OUT_OF_PAPER),
        (Switches(cover_open=True), Fault.COVER_OPEN),
        (Switches(mute=True), Fault.NOT_ANSWERING),
        (Switches(stalled=True), Fault.NOT_ANSWERING),
    ],
)
def test_a_printer_serves_again_once_it_is_mended(supervised, printer, news, switches, fault):
    printer.switch(switches)
    news.wait_for(DeviceDown(DEVICE, fault))
    printer.switch(Switches())
    news.wait_for(DeviceDown(DEVICE, fault), DeviceUp(DEVICE))
    supervised.submit(PrintJob(2, RECEIPT))
    news.wait_for(Printed(DEVICE, 2))


def test_a_paper_that_runs_out_in_the_middle_is_not_printed(supervised, printer, news):
    printer.switch(Switches(paper_left_dots=70))
    supervised.submit(PrintJob(1, RECEIPT))
    news.wait_for(DeviceDown(DEVICE, Fault.OUT_OF_PAPER), NotPrinted(DEVICE, 1, Fault.OUT_OF_PAPER))


def test_what_was_not_printed_never_comes_out_before_the_next_paper(supervised, printer, news):
    printer.switch(Switches(paper_left_dots=70))
    supervised.submit(PrintJob(1, RECEIPT))
    news.wait_for(DeviceDown(DEVICE, Fault.OUT_OF_PAPER), NotPrinted(DEVICE, 1, Fault.OUT_OF_PAPER))
    with printer.mechanism.changed:  # a generic model does not say that it has cleared: nobody is as quick with a roll
        assert printer.mechanism.changed.wait_for(lambda: not printer.mechanism._held, 2)
    printer.switch(Switches())
    news.wait_for(DeviceDown(DEVICE, Fault.OUT_OF_PAPER), DeviceUp(DEVICE))
    supervised.submit(PrintJob(2, (Text("Le suivant"),)))
    news.wait_for(Printed(DEVICE, 2))
    begun, whole = (paper.text_lines for paper in printer.papers)
    assert "FIN" not in begun
    assert whole == ["Le suivant"]


def test_a_paper_left_hanging_is_cut_off_before_the_next_one(supervised, printer, news):
    printer.switch(Switches(drop_after_bytes=100))
    supervised.submit(PrintJob(1, RECEIPT))
    news.wait_for(NotPrinted(DEVICE, 1, Fault.UNPLUGGED))
    printer.switch(Switches())
    news.wait_for(NotPrinted(DEVICE, 1, Fault.UNPLUGGED), DeviceUp(DEVICE))
    supervised.submit(PrintJob(2, (Text("Le suivant"),)))
    news.wait_for(Printed(DEVICE, 2))
    assert [paper.text_lines for paper in printer.papers] == [["Je déménage", "", VOID], ["Le suivant"]]


def test_a_printer_gone_mute_in_the_middle_of_a_job_is_not_believed(supervised, printer, news):
    printer.switch(Switches(mute=True))
    supervised.submit(PrintJob(1, RECEIPT))
    news.wait_for(NotPrinted(DEVICE, 1, Fault.NOT_ANSWERING))


def test_a_job_for_a_printer_that_is_off_is_refused_at_once(news, run):
    with SimulatedPrinter() as printer:
        port = printer.port
    driver = ReceiptPrinter(DEVICE, opening.over_network("127.0.0.1", port, 1), QUICK)
    run(driver).wait()
    driver.submit(PrintJob(3, RECEIPT))
    assert news.events == [NotPrinted(DEVICE, 3, Fault.UNPLUGGED)]


def test_a_job_from_before_the_start_is_refused_and_not_kept(driver, printer, run, news):
    driver.submit(PrintJob(4, RECEIPT))
    run(driver)
    news.wait_for(NotPrinted(DEVICE, 4, Fault.UNPLUGGED), DeviceUp(DEVICE))
    assert printer.papers == []


def opened_with_a_job(way, journal=None):
    """Return a driver that is given a job while it opens its printer."""

    def open_line():
        driver.submit(PrintJob(5, (Text("Le suivant"),)))
        return way()

    driver = ReceiptPrinter(DEVICE, open_line, QUICK, journal)
    return driver


def test_a_job_that_comes_while_the_printer_is_opened_waits_until_what_hung_out_is_cut_off(printer, run, news):
    journal = Journal()
    journal.begun()
    run(opened_with_a_job(opening.over_network("127.0.0.1", printer.port, 1), journal))
    news.wait_for(DeviceUp(DEVICE), Printed(DEVICE, 5))
    assert [paper.text_lines for paper in printer.papers] == [["", VOID], ["Le suivant"]]


def test_a_job_that_comes_while_a_printer_is_opened_in_vain_is_refused(run, news):
    with SimulatedPrinter() as printer:
        port = printer.port
    assert run(opened_with_a_job(opening.over_network("127.0.0.1", port, 1))).wait() is Fault.UNPLUGGED
    assert news.events == [NotPrinted(DEVICE, 5, Fault.UNPLUGGED)]


def test_a_job_that_comes_while_a_printer_without_paper_is_opened_is_refused(printer, run, news):
    printer.switch(Switches(paper_out=True))
    run(opened_with_a_job(opening.over_network("127.0.0.1", printer.port, 1)))
    news.wait_for(DeviceDown(DEVICE, Fault.OUT_OF_PAPER), NotPrinted(DEVICE, 5, Fault.OUT_OF_PAPER))


def test_a_printer_that_hangs_while_connecting_is_given_up(news, run):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # the one place in its queue
            driver = ReceiptPrinter(DEVICE, opening.over_network("127.0.0.1", port, 1), QUICK)
            assert run(driver).wait(5) in {Fault.UNPLUGGED, Fault.NOT_ANSWERING}
    assert news.events == []


def test_stopping_in_the_middle_of_a_job_tells_what_became_of_it(driver, printer, run, news):
    running = run(driver)
    news.wait_for(DeviceUp(DEVICE))
    printer.switch(Switches(stalled=True))
    driver.submit(PrintJob(5, RECEIPT))
    running.stop()
    news.wait_for(NotPrinted(DEVICE, 5, Fault.NOT_ANSWERING))

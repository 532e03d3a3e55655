"""A printer behind a CUPS queue: the real scheduler, its socket backend, and our printer at its end."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Caution, DeviceDown, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted, PrintUnknown
from drivers.printer.conversation import Deadlines
from drivers.printer.elements import Text
from drivers.printer.queue_printer import QueuePrinter
from drivers.printer.queue_telling import lists, queue_fault, request_id, waits
from drivers.printer.session import PrintJob, Settings
from drivers.simulated.cupsd import Cupsd
from drivers.simulated.printer import SimulatedPrinter
from drivers.supervisor import Supervisor

DEVICE = DeviceName("printer")
UP = DeviceUp(DEVICE, Caution.CANNOT_TELL)
QUICK = Settings(deadlines=Deadlines(job_s=3))
NAMED_S = 2.5
SERVES_AGAIN_S = 5.0


@pytest.fixture
def printer():
    with SimulatedPrinter() as printer:
        yield printer


@pytest.fixture
def cups(printer):
    with Cupsd(printer.port) as scheduler:
        yield scheduler


@pytest.fixture
def driver(cups, news):
    made = QueuePrinter(DEVICE, cups.queue, QUICK)
    supervisor = Supervisor([made], news)
    supervisor.start()
    news.wait_for(UP)
    yield made
    supervisor.stop()


def paper(number):
    return PrintJob(number, (Text(f"Papier {number}"),))


def left_in(cups):
    """Return what of a paper's words is anywhere in the scheduler's folders, its logs too."""
    files = [path for path in cups.spool.parent.rglob("*") if path.is_file()]
    return [path.name for path in files if b"Papier" in path.read_bytes()]


def test_a_paper_comes_out_and_is_told_as_unknown_for_a_queue_cannot_know(driver, printer, cups, news):
    driver.submit(paper(1))
    news.wait_until(lambda events: any(isinstance(event, PrintUnknown) for event in events))
    assert printer.wait_for_papers(1)
    assert [roll.text_lines for roll in printer.papers] == [["Papier 1"]]
    assert left_in(cups) == []


def test_what_a_process_that_died_left_in_the_spool_is_purged_by_the_next(cups, printer, news):
    cups.disable()
    subprocess.run(["lp", "-d", cups.queue, "-o", "raw"], input=b"Papier 0\n\x1dV\x00", check=True, capture_output=True)
    assert left_in(cups)
    supervisor = Supervisor([QueuePrinter(DEVICE, cups.queue, QUICK)], news)
    supervisor.start()
    news.wait_for(DeviceDown(DEVICE, Fault.OFFLINE))
    cups.enable()
    news.wait_for(UP)
    supervisor.stop()
    assert left_in(cups) == []
    assert printer.papers == []


def test_a_scheduler_that_keeps_papers_and_lets_nobody_purge_them_is_not_served_by(printer, news):
    with Cupsd(printer.port, purged=False) as scheduler:
        made = QueuePrinter(DEVICE, scheduler.queue, QUICK)
        supervisor = Supervisor([made], news)
        supervisor.start()
        news.wait_for(UP)
        made.submit(paper(1))
        news.wait_for(PrintUnknown(DEVICE, 1, Fault.REFUSED), DeviceDown(DEVICE, Fault.REFUSED))
        supervisor.stop()


def test_nasty_01_a_queue_that_is_made_later_serves(cups, news):
    supervisor = Supervisor([QueuePrinter(DEVICE, "another", QUICK)], news)
    supervisor.start()
    news.wait_for(DeviceDown(DEVICE, Fault.UNPLUGGED), patience_s=NAMED_S)
    cups.add("another")
    news.wait_for(DeviceDown(DEVICE, Fault.UNPLUGGED), UP, patience_s=SERVES_AGAIN_S)
    supervisor.stop()


def test_nasty_02_a_queue_that_is_stopped_is_named_and_serves_again(driver, cups, news):
    cups.disable()
    news.wait_for(DeviceDown(DEVICE, Fault.OFFLINE), patience_s=NAMED_S)
    driver.submit(paper(1))
    news.wait_for(NotPrinted(DEVICE, 1, Fault.OFFLINE))
    cups.enable()
    news.wait_for(DeviceDown(DEVICE, Fault.OFFLINE), UP, patience_s=SERVES_AGAIN_S)


@pytest.mark.usefixtures("driver")
def test_nasty_11_a_scheduler_that_dies_is_named_and_serves_again(cups, news):
    cups.kill()
    news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), patience_s=NAMED_S)
    cups.start()
    news.wait_for(DeviceDown(DEVICE, Fault.SERVICE_DOWN), UP, patience_s=SERVES_AGAIN_S)


def test_a_paper_given_while_the_scheduler_hangs_has_an_outcome(driver, cups, news):
    cups.freeze()
    driver.submit(paper(1))  # before anybody noticed
    news.wait_until(lambda events: any(isinstance(event, PrintUnknown | NotPrinted) for event in events))


def test_nasty_13_a_printer_back_after_an_hour_prints_nothing_that_lay_in_the_spool(news):
    with SimulatedPrinter() as gone:
        port = gone.port
    with Cupsd(port, "gone") as scheduler:
        made = QueuePrinter(DEVICE, scheduler.queue, QUICK)
        supervisor = Supervisor([made], news)
        supervisor.start()
        news.wait_for(UP)
        made.submit(paper(1))
        news.wait_for(PrintUnknown(DEVICE, 1, Fault.NOT_ANSWERING))
        assert left_in(scheduler) == []
        with SimulatedPrinter(port=port) as back:
            made.submit(paper(2))
            assert back.wait_for_papers(1)
            assert [roll.text_lines for roll in back.papers] == [["Papier 2"]]
        supervisor.stop()


@pytest.mark.parametrize(
    ("scheduler", "printer", "fault"),
    [
        ("scheduler is running", "printer q is idle.  enabled since Tue", None),
        ("scheduler is running", "printer q now printing q-2.  enabled since Tue", None),
        ("scheduler is running", "printer q disabled since Tue -\n\tPaused", Fault.OFFLINE),
        ("scheduler is running", 'lpstat: Invalid destination name in list "q".', Fault.UNPLUGGED),
        ("scheduler is not running", "printer q is idle.", Fault.SERVICE_DOWN),
        ("", "", Fault.SERVICE_DOWN),
        ("scheduler is running", "something else", Fault.NOT_ANSWERING),
    ],
)
def test_what_cups_says_of_a_queue_is_understood(scheduler, printer, fault):
    assert queue_fault(scheduler, printer) is fault


@given(st.text(), st.text())
def test_nothing_that_cups_says_makes_it_fail(said, request):
    queue_fault("scheduler is running", said)
    assert request_id(said) is None or "request id is" in said
    assert waits(said, request) in {True, False}
    assert lists(said, request) in {True, False}


def test_of_the_jobs_that_cups_lists_those_of_the_queue_are_found():
    said = "ticket-12   guichet   1024   Tue Dec  1 01:59:02 2026\n"
    assert lists(said, "ticket")
    assert not lists(said, "tick")
    assert not lists("lpstat: Invalid destination name in list", "ticket")

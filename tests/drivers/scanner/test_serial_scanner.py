"""A scanner on a serial line: what is told of it, and when."""

from __future__ import annotations

import pytest

from drivers.interface import Caution, DeviceName, DeviceUp, Fault
from drivers.news import Scanned
from drivers.scanner.serial_port import SerialScanner
from drivers.simulated.scanner import SimulatedScanner

DEVICE = DeviceName("scanner")
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"


@pytest.fixture
def line(tmp_path, run, news):
    with SimulatedScanner(tmp_path / "scanner") as scanner:
        running = run(SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600))
        news.wait_for(DeviceUp(DEVICE))
        yield scanner
        running.stop()


def test_a_scanned_address_arrives(line, news):
    line.scan(ADDRESS)
    news.wait_for(Scanned(DEVICE, ADDRESS))


def test_a_burst_of_a_thousand_codes_arrives_whole_and_in_order(line, news):
    for number in range(1000):
        line.scan(b"F%d" % number)
    news.wait_for(*(Scanned(DEVICE, b"F%d" % number) for number in range(1000)))
    assert len(news.events) == 1001


def test_garbage_on_the_line_is_told_of_and_the_next_code_is_right(line, news):
    line.send(bytes(range(0x80, 0x100)) * 16_000 + b"\r")
    line.scan(ADDRESS)
    news.wait_for(Scanned(DEVICE, ADDRESS))
    nonsense = DeviceUp(DEVICE, Caution.TALKS_NONSENSE)
    assert news.events == [DeviceUp(DEVICE), nonsense, DeviceUp(DEVICE), Scanned(DEVICE, ADDRESS)]


def test_what_was_scanned_before_anyone_looked_belongs_to_nobody(tmp_path, run, news):
    with SimulatedScanner(tmp_path / "scanner") as scanner:
        scanner.scan(b"of the citizen before")
        running = run(SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600))
        news.wait_for(DeviceUp(DEVICE))
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))
        running.stop()
    assert news.events == [DeviceUp(DEVICE), Scanned(DEVICE, ADDRESS)]


def test_a_line_held_by_another_process_is_told_as_busy(line, tmp_path, run, news):
    assert run(SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600)).wait() is Fault.BUSY
    line.scan(ADDRESS)
    news.wait_for(Scanned(DEVICE, ADDRESS))


def test_a_port_that_is_no_serial_line_is_told(tmp_path, run, news):
    (tmp_path / "file").write_bytes(b"not a line")
    assert run(SerialScanner(DEVICE, str(tmp_path / "file"), 9600)).wait() is Fault.UNPLUGGED
    assert news.events == []

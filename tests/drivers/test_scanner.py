"""Codes from a serial line, whatever comes before, between and after them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import DeviceName, DeviceUp, Fault
from drivers.news import Scanned
from drivers.scanner.protocol import MAX_CODE_BYTES, ScannerProtocol
from drivers.scanner.serial_port import SerialScanner
from drivers.simulated.scanner import SimulatedScanner

DEVICE = DeviceName("scanner")
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"
codes = st.binary(min_size=1, max_size=50).filter(lambda code: not set(code) & set(b"\r\n"))


@pytest.fixture
def line(tmp_path, run, news):
    with SimulatedScanner(tmp_path / "scanner") as scanner:
        running = run(SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600))
        news.wait_for(DeviceUp(DEVICE))
        yield scanner
        running.stop()


@given(st.lists(st.tuples(codes, st.sampled_from([b"\r", b"\n", b"\r\n"])), max_size=10))
def test_every_code_comes_out_whatever_ends_it(scanned):
    data = b"".join(code + end for code, end in scanned)
    assert ScannerProtocol().receive(data) == [code for code, _ in scanned]


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=10))
def test_how_the_bytes_are_chunked_never_matters(data, cuts):
    protocol = ScannerProtocol()
    edges = [0, *sorted(cuts), len(data)]
    chunked = [code for start, end in pairwise(edges) for code in protocol.receive(data[start:end])]
    assert chunked == ScannerProtocol().receive(data)


@given(st.integers(MAX_CODE_BYTES - 2, MAX_CODE_BYTES + 2), st.integers(1, 3000))
def test_a_line_too_long_for_a_code_is_dropped_whole_in_any_chunks(length, chunk):
    protocol = ScannerProtocol()
    data = b"x" * length + b"\rF14128\r"
    found = [code for at in range(0, len(data), chunk) for code in protocol.receive(data[at : at + chunk])]
    assert found == ([b"x" * length] if length <= MAX_CODE_BYTES else []) + [b"F14128"]


def test_an_endless_line_takes_no_more_memory_than_one_code():
    protocol = ScannerProtocol()
    for _ in range(500):
        assert protocol.receive(b"\x00\xff" * 2048) == []
    assert len(protocol._code) <= MAX_CODE_BYTES


def test_half_a_code_waits_for_its_end():
    protocol = ScannerProtocol()
    assert protocol.receive(b"F141") == []
    assert protocol.receive(b"28\r") == [b"F14128"]


def test_a_scanned_address_arrives(line, news):
    line.scan(ADDRESS)
    news.wait_for(Scanned(DEVICE, ADDRESS))


def test_a_burst_of_a_thousand_codes_arrives_whole_and_in_order(line, news):
    for number in range(1000):
        line.scan(b"F%d" % number)
    news.wait_for(*(Scanned(DEVICE, b"F%d" % number) for number in range(1000)))
    assert len(news.events) == 1001


def test_garbage_on_the_line_gives_no_code_and_the_next_code_is_right(line, news):
    line.send(bytes(range(0x80, 0x100)) * 16_000 + b"\r")
    line.scan(ADDRESS)
    news.wait_for(Scanned(DEVICE, ADDRESS))
    assert news.events == [DeviceUp(DEVICE), Scanned(DEVICE, ADDRESS)]


def test_what_was_scanned_before_anyone_looked_belongs_to_nobody(tmp_path, run, news):
    with SimulatedScanner(tmp_path / "scanner") as scanner:
        scanner.scan(b"of the citizen before")
        running = run(SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600))
        news.wait_for(DeviceUp(DEVICE))
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))
        running.stop()
    assert news.events == [DeviceUp(DEVICE), Scanned(DEVICE, ADDRESS)]


def test_a_line_held_by_another_process_is_told_as_refused(line, tmp_path, run, news):
    assert run(SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600)).wait() is Fault.REFUSED
    line.scan(ADDRESS)
    news.wait_for(Scanned(DEVICE, ADDRESS))


def test_a_port_that_is_no_serial_line_is_told(tmp_path, run, news):
    (tmp_path / "file").write_bytes(b"not a line")
    assert run(SerialScanner(DEVICE, str(tmp_path / "file"), 9600)).wait() is Fault.UNPLUGGED
    assert news.events == []

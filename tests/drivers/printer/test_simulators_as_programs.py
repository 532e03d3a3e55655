"""The simulators as the demo starts them: by command line, ready when they say so."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
import serial
import zxingcpp
from PIL import Image
from receipts import ADDRESS, MOVING

from drivers.interface import DeviceName, DeviceUp
from drivers.news import Printed
from drivers.printer import opening
from drivers.printer.laid import Paper
from drivers.printer.receipt_printer import PrintJob, ReceiptPrinter, Settings


@contextmanager
def program(*arguments):
    command = [sys.executable, "-m", *map(str, arguments)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        yield process
        process.terminate()


@pytest.mark.parametrize("paper", Paper)
def test_the_printer_leaves_a_picture_of_each_paper(paper, tmp_path, run, news):
    arguments = ["--port", 0, "--paper-mm", paper.value, "--save", tmp_path / "papers"]
    with program("drivers.simulated.printer", *arguments) as printer:
        said = printer.stdout.readline().decode()
        assert said.startswith("listening on 127.0.0.1:")
        way = opening.over_network("127.0.0.1", int(said.rpartition(":")[2]), connect_s=5)
        driver = ReceiptPrinter(DeviceName("printer"), way, Settings(paper))
        running = run(driver)
        news.wait_for(DeviceUp(DeviceName("printer")))
        driver.submit(PrintJob(1, MOVING))
        news.wait_for(Printed(DeviceName("printer"), 1))
        running.stop()
    with Image.open(tmp_path / "papers/receipt-001.png") as picture:
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS]


def test_the_scanner_sends_each_line_as_a_code(tmp_path):
    with program("drivers.simulated.scanner", "--link", tmp_path / "scanner") as scanner:
        assert scanner.stdout.readline().decode() == f"ready {tmp_path / 'scanner'}\n"
        with serial.Serial(str(tmp_path / "scanner"), timeout=10) as line:
            scanner.stdin.write(b"F14128\n")
            scanner.stdin.flush()
            assert line.read_until(b"\r") == b"F14128\r"


def test_a_printer_whose_port_is_taken_says_so_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with program("drivers.simulated.printer", "--port", port, "--save", tmp_path) as printer:
            said = printer.stderr.read().decode()
    assert said == f"cannot listen on 127.0.0.1:{port}: Address already in use\n"
    assert printer.returncode == 1


def test_a_scanner_whose_link_cannot_be_made_says_so_in_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    link = tmp_path / "file/scanner"
    with program("drivers.simulated.scanner", "--link", link) as scanner:
        said = scanner.stderr.read().decode()
    assert said == f"cannot make a serial line at {link}: File exists\n"
    assert scanner.returncode == 1

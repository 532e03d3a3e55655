"""`guichet devices`: what a technician sees and tries, on simulated devices behind real sockets and terminals."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from bare_site import bare_site
from document_rig import DocumentScannerRig

from drivers import recording, report
from drivers.interface import Caution, DeviceName, Fault
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.scanner import SimulatedScanner
from drivers.simulated.switches import Switches
from drivers.standing import Presence, Standing
from kiosk.commands.trying import WORDS

GUICHET = Path(sys.executable).parent / "guichet"


@pytest.fixture
def printer():
    with SimulatedPrinter() as printer:
        yield printer


@pytest.fixture
def site(tmp_path, printer):
    (tmp_path / "run").mkdir()
    tables = f"""
[printer]
host = "127.0.0.1"
port = {printer.port}
profile = "epson-tm-t20"
[scanner]
port = "{tmp_path / "scanner"}"
"""
    return bare_site(tmp_path, tables)


def devices(site, *arguments):
    command = [GUICHET, "devices", *arguments, "--config", site]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_there_are_words_for_every_fault():
    assert set(WORDS) == set(Fault)


def test_without_a_kiosk_nothing_is_known_and_that_is_said(site):
    said = json.loads(devices(site, "--json").stdout)
    assert (said["kiosk_runs"], said["configured"]["printer"]["presence"]) == (False, "unknown")
    assert "No kiosk runs here" in devices(site).stdout


def test_how_each_device_stands_is_told_with_reason_and_since_when(site):
    near_end = Standing(DeviceName("printer"), 0.0, Presence.DEGRADED, Caution.PAPER_NEAR_END, times_up=3, times_down=2)
    absent = Standing(DeviceName("scanner"), 0.0, Presence.ABSENT, Fault.UNPLUGGED)
    report.write(site.parent / "run", [near_end, absent])
    told = json.loads(devices(site, "--json").stdout)["configured"]
    printer, scanner = told["printer"], told["scanner"]
    assert (printer["presence"], printer["reason"], printer["times_up"]) == ("degraded", "paper_near_end", 3)
    assert (scanner["presence"], scanner["reason"], scanner["for_s"] > 0) == ("absent", "unplugged", True)


def test_a_printer_is_tried_up_to_the_cut(site, printer):
    done = devices(site, "try", "printer")
    assert done.stdout.splitlines()[0] == "the printer answers"
    assert done.stdout.splitlines()[1].startswith("printed:")
    assert "Essai de l’imprimante" in printer.papers[0].text_lines[0]
    assert printer.unknown == []


@pytest.mark.parametrize(
    ("switches", "sentence"),
    [
        (Switches(paper_out=True), "guichet: the printer has no paper"),
        (Switches(cover_open=True), "guichet: the printer has its cover open"),
        (
            Switches(mute=True),
            "guichet: the printer is there and does not answer, or answers nonsense: speed, cable, model",
        ),
    ],
)
def test_why_a_printer_does_not_print_is_one_sentence(site, printer, switches, sentence):
    printer.switch(switches)
    done = devices(site, "try", "printer")
    assert (done.returncode, done.stderr.strip().splitlines()[-1]) == (2, sentence)


def test_a_scanner_is_tried_by_a_code(site):
    with SimulatedScanner(site.parent / "scanner") as scanner:
        command = [GUICHET, "devices", "try", "scanner", "--config", site]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as trying:
            assert trying.stdout.readline() == "the scanner answers\n"
            assert trying.stdout.readline() == "hold a code before the scanner\n"
            scanner.scan(b"F14128")
            assert trying.stdout.readline() == "read 6 bytes (UNKNOWN): b'F14128'\n"


def test_a_scanner_that_is_not_there_is_one_sentence(site):
    done = devices(site, "try", "scanner")
    assert done.stderr.strip().splitlines()[-1] == "guichet: the scanner is not there: cable, power, address"


@pytest.fixture
def sane(site, tmp_path, monkeypatch):
    DocumentScannerRig(DeviceName("document-scanner"), tmp_path)
    monkeypatch.setenv("SANE_CONFIG_DIR", str(tmp_path / "sane.d"))
    run_dir = tempfile.mkdtemp(dir="/dev/shm", prefix="guichet-test-")
    text = site.read_text().replace(str(tmp_path / "run"), run_dir)
    site.write_text(f'{text}[document_scanner]\ndevice = "test:0"\n')
    yield Path(run_dir)
    shutil.rmtree(run_dir)


def test_a_page_is_scanned_on_trial_and_not_kept(site, sane):
    done = devices(site, "try", "document-scanner")
    assert done.stdout.splitlines()[0] == "the document scanner answers"
    assert done.stdout.splitlines()[1].startswith("scanned: 1 page of ")
    assert list(sane.rglob("*.jpg")) == []


def test_a_printers_traffic_is_recorded_without_what_was_printed(site, printer, tmp_path):
    done = devices(site, "record", "printer", "-o", tmp_path / "a.jsonl")
    assert done.stdout.splitlines()[-1].startswith("recorded ")
    steps = recording.decode((tmp_path / "a.jsonl").read_bytes())
    kept = b"".join(bytes.fromhex(step.out + step.came) for step in steps)
    assert len(printer.papers) == 1
    assert b"Essai" not in kept


def test_a_scanners_traffic_is_recorded_without_what_was_read(site, tmp_path):
    with SimulatedScanner(site.parent / "scanner") as scanner:
        command = [
            GUICHET,
            "devices",
            "record",
            "scanner",
            "-o",
            tmp_path / "a.jsonl",
            "--for",
            "1.5",
            "--config",
            site,
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as recording_:
            assert recording_.stdout.readline() == "hold codes before the scanner, for 2 s\n"
            scanner.scan(b"F14128")
    steps = recording.decode((tmp_path / "a.jsonl").read_bytes())
    assert b"".join(bytes.fromhex(step.came) for step in steps) == b"x00000\r"

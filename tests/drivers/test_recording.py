"""Traffic is recorded without its content, and played back to the same news.

`python tests/drivers/test_recording.py` records the replays anew, from the simulators; one of a real device is added
by `guichet devices record`.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import recording
from drivers.interface import DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import NotPrinted, Printed, Scanned
from drivers.printer import opening
from drivers.printer.conversation import Deadlines
from drivers.printer.elements import Text
from drivers.printer.job import OnFault
from drivers.printer.lines.recorded import RecordingLine, ReplayLine
from drivers.printer.profile import PROFILES
from drivers.printer.receipt_printer import PrintJob, ReceiptPrinter, Settings
from drivers.scanner.hearing import Hearing
from drivers.simulated.printer import SimulatedPrinter
from drivers.simulated.switches import Switches

REPLAYS = Path(__file__).parent / "replays"
DEVICE = DeviceName("printer")
PRINTED = "Zoé Durand, 14 rue de la Paix"
HOW = Settings(
    profile=PROFILES["epson-tm-t20"],
    on_fault=OnFault.GIVE_UP,
    deadlines=Deadlines(answer_s=0.5, job_s=3, look_s=0.05),
)


def run_once(open_line, switches=None, text=PRINTED):
    """Print one paper over a line, and return what was told."""
    told, ended, stop = [], threading.Event(), threading.Event()

    def emit(event):
        told.append(event)
        if isinstance(event, DeviceUp):
            if switches is not None:
                switches()
            driver.submit(PrintJob(1, (Text(text),)))
        elif isinstance(event, Printed | NotPrinted):
            stop.set()
            ended.set()

    driver = ReceiptPrinter(DEVICE, open_line, HOW)
    try:
        driver.run(emit, stop)
    except DeviceError:
        assert ended.is_set()
    return told


def record(switches=None):
    steps = []
    with SimulatedPrinter() as printer:
        way = opening.over_network("127.0.0.1", printer.port, 1)
        turn = (lambda: printer.switch(switches)) if switches else None
        told = run_once(lambda: RecordingLine(way(), steps, time.monotonic()), turn)
    return steps, told


def test_a_recorded_job_is_played_back_to_the_same_news():
    steps, told = record()
    assert told == [DeviceUp(DEVICE), Printed(DEVICE, 1)]
    assert run_once(lambda: ReplayLine(recording.decode(recording.encode(steps)))) == told


def test_nothing_of_what_was_printed_is_in_a_recording():
    steps, _ = record()
    kept = b"".join(bytes.fromhex(step.out + step.came) for step in steps)
    assert not any(word.encode("cp1252") in kept for word in PRINTED.split() if len(word) > 2)
    assert any(step.out_bytes for step in steps)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("printer-job", [DeviceUp(DEVICE), Printed(DEVICE, 1)]),
        (
            "printer-paper-out",
            [DeviceUp(DEVICE), DeviceDown(DEVICE, Fault.OUT_OF_PAPER), NotPrinted(DEVICE, 1, Fault.OUT_OF_PAPER)],
        ),
    ],
)
def test_a_printers_replay_gives_the_news_it_gave(name, told):
    steps = recording.decode((REPLAYS / f"{name}.jsonl").read_bytes())
    assert run_once(lambda: ReplayLine(steps)) == told


def test_a_scanners_replay_gives_as_many_codes_as_it_gave():
    steps = recording.decode((REPLAYS / "scanner-codes.jsonl").read_bytes())
    hearing = Hearing(DeviceName("scanner"))
    heard = [event for step in steps for event in hearing.receive(bytes.fromhex(step.came), step.at_ms / 1000)]
    assert [len(event.code) for event in heard if isinstance(event, Scanned)] == [59, 6, 13]


def test_a_driver_that_asks_otherwise_does_not_fit_its_recording():
    line = ReplayLine([recording.sent(3, b"\x10\x04\x01")])
    with pytest.raises(DeviceError, match="at 3 ms the recording has"):
        line.write(b"\x10\x04\x02", 1)


@given(st.binary(max_size=60))
def test_what_a_scanner_read_keeps_its_length_and_signs_and_loses_its_words(data):
    kept = bytes.fromhex(recording.read(0, data).came)
    assert len(kept) == len(data)
    assert not any(chr(byte).isalnum() and byte not in b"x0" for byte in kept)


@given(st.lists(st.builds(recording.heard, st.integers(0, 10**6), st.binary(min_size=1, max_size=9))))
def test_a_recording_is_read_as_it_was_written(steps):
    assert recording.decode(recording.encode(steps)) == steps


@given(st.binary(max_size=100).filter(bytes.strip))
def test_what_is_no_recording_is_refused_with_its_line(data):
    with pytest.raises(ValueError, match=r"line \d+ is no step of a recording"):
        recording.decode(data)


if __name__ == "__main__":
    for replay, turned in (("printer-job", None), ("printer-paper-out", Switches(paper_left_dots=10))):
        (REPLAYS / f"{replay}.jsonl").write_bytes(recording.encode(record(turned)[0]))
    shown = (b"https://www.service-public.fr/particuliers/vosdroits/F14128\r", b"F14", b"128\r\n", b"3017620422003\r")
    read = [recording.read(700 * number, data) for number, data in enumerate(shown)]
    (REPLAYS / "scanner-codes.jsonl").write_bytes(recording.encode(read))

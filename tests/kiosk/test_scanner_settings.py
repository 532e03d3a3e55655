"""What configuration says of a code scanner, done by the kiosk's own devices to a scanner that answers."""

from __future__ import annotations

import queue
import time
from contextlib import contextmanager

import pytest

from config.parse import parse
from drivers.interface import Fault
from drivers.scanner.model import MODELS, Make, Tone
from drivers.simulated.hid_scanner import SimulatedHidScanner
from drivers.simulated.scanner import SimulatedScanner
from kiosk.devices import Devices
from kiosk.journeys.news import DeviceChanged, Scanned
from tests.config.test_parse import GOOD

ASKABLE = [make for make in Make if MODELS[make].ask]
NAMED_S = 2.0
SERVES = DeviceChanged("scanner", None)


class Posted:
    """What the kiosk's devices bring to its journeys, and the devices."""

    def __init__(self, folder, settings):
        text = GOOD.replace("/var/lib/guichet", str(folder / "state")).replace("/run/guichet", str(folder / "run"))
        self.events = queue.Queue()
        self.devices = Devices(
            parse(f'{text}\n[scanner]\nport = "{folder / "scanner"}"\n{settings}\n'), self.events.put
        )

    def next(self, patience_s=10.0):
        return self.events.get(timeout=patience_s)


@pytest.fixture
def kiosk(tmp_path):
    """Run the devices of a kiosk whose scanner has these settings."""

    @contextmanager
    def running(settings):
        posted = Posted(tmp_path, settings)
        posted.devices.start()
        try:
            yield posted
        finally:
            posted.devices.stop()

    return running


def obeyed(scanner, until):
    """Return what a scanner was told up to this."""
    told = []
    while until not in told:
        told.append(scanner.obeyed.get(timeout=10))
    return told


@pytest.mark.parametrize("make", ASKABLE, ids=lambda make: make.name.lower())
def test_a_scanner_of_a_make_is_asked_and_beeps_as_its_codes_are(kiosk, tmp_path, make):
    with SimulatedScanner(tmp_path / "scanner", make) as scanner, kiosk(f'make = "{make.name.lower()}"') as posted:
        assert posted.next() == SERVES
        assert obeyed(scanner, "ask") == ["ask"]
        scanner.scan(b"F14128")
        assert posted.next() == Scanned(b"F14128")
        posted.devices.answer_scan(Tone.UNKNOWN)
        posted.devices.answer_scan(Tone.KNOWN)
        bad = ["beep_badly"] if MODELS[make].beep_badly else []
        assert obeyed(scanner, "beep") == [*bad, "beep"]


def test_nasty_04_a_mute_scanner_of_a_make_is_named_in_a_kiosk_and_serves_again(kiosk, tmp_path):
    with SimulatedScanner(tmp_path / "scanner", Make.ZEBRA) as scanner:
        scanner.mute.set()
        with kiosk('make = "zebra"') as posted:
            begun_s = time.monotonic()
            assert posted.next() == DeviceChanged("scanner", Fault.NOT_ANSWERING)
            assert time.monotonic() - begun_s < NAMED_S
            scanner.mute.clear()
            assert posted.next(5) == SERVES


def test_a_scanner_that_waits_for_its_trigger_reads_as_long_as_the_kiosk_runs(kiosk, tmp_path):
    with SimulatedScanner(tmp_path / "scanner", Make.NEWLAND) as scanner:
        with kiosk('make = "newland"\ntriggered = true') as posted:
            assert posted.next() == SERVES
            assert sorted(obeyed(scanner, "trigger")) == ["ask", "trigger"]
            scanner.scan(b"F14128")  # which ends its reading
            assert posted.next() == Scanned(b"F14128")
            assert obeyed(scanner, "trigger") == ["trigger"]
        assert obeyed(scanner, "release")[-1] == "release"


def test_what_stands_around_a_code_is_cut_off_and_what_comes_without_it_is_no_code(kiosk, tmp_path):
    with (
        SimulatedScanner(tmp_path / "scanner") as scanner,
        kiosk(r'prefix = "\u0002{"' + '\nsuffix = "}"') as posted,
    ):
        assert posted.next() == SERVES
        scanner.send(b"F14128\r\x02{F21089}\r")
        assert posted.next() == Scanned(b"F21089")


@pytest.mark.parametrize(("same_code_s", "codes"), [(0.0, 3), (10.0, 1)])
def test_how_soon_a_code_counts_anew_is_a_setting(kiosk, tmp_path, same_code_s, codes):
    with SimulatedScanner(tmp_path / "scanner") as scanner, kiosk(f"same_code_s = {same_code_s}") as posted:
        assert posted.next() == SERVES
        for code in (b"F14128", b"F14128", b"F14128", b"end"):
            scanner.scan(code)
        assert [posted.next() for _ in range(codes + 1)] == [Scanned(b"F14128")] * codes + [Scanned(b"end")]


def test_a_scanner_that_types_has_no_beep_and_the_same_settings(kiosk, tmp_path):
    with SimulatedHidScanner(tmp_path / "scanner") as scanner, kiosk('keyboard = "fr"\nsuffix = "#"') as posted:
        assert posted.next() == SERVES
        posted.devices.answer_scan(Tone.UNKNOWN)
        scanner.scan(b"F14128#")
        assert posted.next() == Scanned(b"F14128")

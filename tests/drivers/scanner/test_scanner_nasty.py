"""The nasty cases, for scanners on a line and for those that pretend to be keyboards, under the real supervisor."""

from __future__ import annotations

import ctypes
import errno
import os
import threading
from contextlib import ExitStack, suppress

import pytest
from cycles import held, resident_bytes
from scanner_kinds import KIND, HidKind, Plugged, SerialKind

from drivers.interface import Caution, DeviceDown, DeviceError, DeviceName, DeviceUp, Fault
from drivers.news import Scanned
from drivers.scanner.framing import Ending, Framing
from drivers.scanner.model import Make
from drivers.scanner.place import UsbId
from drivers.scanner.serial_port import SerialScanner, SerialSettings
from drivers.simulated.scanner import SimulatedScanner
from drivers.supervisor import Supervisor

DEVICE, OTHER = DeviceName("scanner"), DeviceName("other scanner")
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"
UP, AWAY = DeviceUp(DEVICE), DeviceDown(DEVICE, Fault.UNPLUGGED)
# What people wait at most until they are told, and until it serves again.
TOLD_S, CURED_S = 2, 5


@pytest.fixture(params=[SerialKind, HidKind], ids=["serial", "hid"])
def kind(request):
    return request.param


@pytest.fixture
def path(tmp_path):
    return tmp_path / "scanner"


@pytest.fixture
def keep(news):
    """Keep drivers under the supervisor until the end of the test."""
    with ExitStack() as ending:

        def start(*drivers):
            supervisor = Supervisor(drivers, news)
            ending.callback(supervisor.stop)
            supervisor.start()
            return supervisor

        yield start


def test_nasty_01_a_scanner_absent_at_the_start_serves_once_it_is_plugged_in(kind, path, keep, news):
    keep(kind.driver(str(path)))
    news.wait_for(AWAY, patience_s=TOLD_S)
    with kind.make(path) as scanner:
        news.wait_for(AWAY, UP, patience_s=CURED_S)
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))


def test_nasty_02_a_scanner_unplugged_within_a_code_leaves_nothing_of_it_behind(kind, path, keep, news):
    keep(kind.driver(str(path)))
    with kind.make(path) as scanner:
        news.wait_for(UP)
        kind.half(scanner)
    news.wait_for(UP, AWAY, patience_s=TOLD_S)
    with kind.make(path) as scanner:
        news.wait_for(UP, AWAY, UP, patience_s=CURED_S)
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))
    assert [event for event in news.events if isinstance(event, Scanned)] == [Scanned(DEVICE, ADDRESS)]


def test_nasty_03_a_scanner_plugged_back_under_another_path_is_found_by_its_id(kind, tmp_path, keep, news):
    machine = Plugged(kind.make, tmp_path)
    keep(kind.driver(KIND, machine.found))
    with machine.plug(0):
        news.wait_for(UP)
    news.wait_for(UP, AWAY, patience_s=TOLD_S)
    with machine.plug(1) as scanner:
        news.wait_for(UP, AWAY, UP, patience_s=CURED_S)
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))


ASKABLE = [Make.HONEYWELL, Make.ZEBRA, Make.NEWLAND]


@pytest.mark.parametrize("make", ASKABLE, ids=lambda make: make.name.lower())
def test_nasty_04_a_scanner_that_is_mute_is_named_within_two_seconds_where_it_can_be_asked(make, path, keep, news):
    with SimulatedScanner(path, make) as scanner:
        scanner.mute.set()
        keep(SerialScanner(DEVICE, str(path), 9600, SerialSettings(make=make)))
        news.wait_for(DeviceDown(DEVICE, Fault.NOT_ANSWERING), patience_s=TOLD_S)
        scanner.mute.clear()
        news.wait_for(UP, patience_s=CURED_S)
    assert news.events[0] == DeviceDown(DEVICE, Fault.NOT_ANSWERING)


def test_nasty_04_a_scanner_that_goes_mute_while_it_serves_is_named_when_it_is_asked_again(path, keep, news):
    with SimulatedScanner(path, Make.ZEBRA) as scanner:
        keep(SerialScanner(DEVICE, str(path), 9600, SerialSettings(make=Make.ZEBRA, ask_again_s=0.1)))
        news.wait_for(UP)
        scanner.mute.set()
        news.wait_for(UP, DeviceDown(DEVICE, Fault.NOT_ANSWERING), patience_s=TOLD_S)


@pytest.mark.prove
def test_nasty_05_answers_that_come_after_ten_seconds_are_answers_and_no_codes(path, keep, news):
    with SimulatedScanner(path, Make.HONEYWELL, late_s=10) as scanner:
        keep(SerialScanner(DEVICE, str(path), 9600, SerialSettings(make=Make.HONEYWELL)))
        news.wait_for(DeviceDown(DEVICE, Fault.NOT_ANSWERING), patience_s=TOLD_S)
        news.wait_for(UP, patience_s=60)
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))
    assert [event for event in news.events if isinstance(event, Scanned)] == [Scanned(DEVICE, ADDRESS)]


def test_nasty_05_an_answer_to_an_earlier_question_is_as_good_and_is_no_code(path, keep, news):
    with SimulatedScanner(path, Make.NEWLAND) as scanner:
        scanner.mute.set()
        keep(SerialScanner(DEVICE, str(path), 9600, SerialSettings(make=Make.NEWLAND)))
        assert scanner.obeyed.get(timeout=5) == "ask"
        scanner.send(b"\x02\x010000#QRYPDNHR52\x06;\x03" + ADDRESS + b"\r")
        news.wait_for(UP, Scanned(DEVICE, ADDRESS), patience_s=CURED_S)
    assert news.events[:2] == [UP, Scanned(DEVICE, ADDRESS)]


def test_nasty_06_two_megabytes_of_noise_are_told_of_and_the_next_code_is_right(kind, path, keep, news):
    keep(kind.driver(str(path)))
    with kind.make(path) as scanner:
        news.wait_for(UP)
        kind.noise(scanner)
        news.wait_for(UP, DeviceUp(DEVICE, Caution.TALKS_NONSENSE), patience_s=TOLD_S)
        scanner.scan(b"")
        scanner.scan(ADDRESS)
        news.wait_for(UP, DeviceUp(DEVICE, Caution.TALKS_NONSENSE), UP, Scanned(DEVICE, ADDRESS), patience_s=CURED_S)
    assert [event for event in news.events if isinstance(event, Scanned)] == [Scanned(DEVICE, ADDRESS)]


@pytest.mark.parametrize("noise", [b"\0" * 2_000_000, b"\xff\xfe\xc3\x28" * 500_000], ids=["NULs", "no UTF-8"])
@pytest.mark.parametrize("ending", Ending, ids=lambda ending: ending.name)
def test_nasty_06_no_noise_is_ever_a_code_whatever_ends_one(noise, ending, path, keep, news):
    keep(SerialScanner(DEVICE, str(path), 9600, SerialSettings(Framing(ending))))
    with SimulatedScanner(path) as scanner:
        news.wait_for(UP)
        scanner.send(noise)
        if not (ending is Ending.STX and not noise.strip(b"\0")):  # what stands between frames may be NULs
            news.wait_for(UP, DeviceUp(DEVICE, Caution.TALKS_NONSENSE), patience_s=TOLD_S)
    news.wait_for(UP, AWAY)
    assert not any(isinstance(event, Scanned) for event in news.events)


def test_nasty_07_half_a_code_and_silence_is_no_part_of_the_next_code(kind, path, keep, news):
    quick = Framing(Ending.STX)
    keep(kind.driver(str(path), framing=quick))
    with kind.make(path) as scanner:
        news.wait_for(UP)
        scanner.scan(b"\x02F141")
        scanner.scan(b"\x02" + ADDRESS + b"\x03")
        news.wait_for(Scanned(DEVICE, ADDRESS))
    assert [event for event in news.events if isinstance(event, Scanned)] == [Scanned(DEVICE, ADDRESS)]


def test_nasty_07_half_a_line_is_forgotten_after_a_second_of_silence(kind, path, keep, news):
    with kind.make(path) as scanner:
        keep(kind.driver(str(path)))
        news.wait_for(UP)
        kind.half(scanner)
        news.wait_for(UP, DeviceUp(DEVICE, Caution.TALKS_NONSENSE), patience_s=TOLD_S)
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))
    assert [event for event in news.events if isinstance(event, Scanned)] == [Scanned(DEVICE, ADDRESS)]


def test_nasty_08_a_burst_of_a_thousand_codes_arrives_whole_and_in_order(kind, path, keep, news):
    with kind.make(path) as scanner:
        keep(kind.driver(str(path)))
        news.wait_for(UP)
        for number in range(1000):
            scanner.scan(b"F%d" % number)
        news.wait_until(lambda events: len(events) >= 1001)
    assert news.events[1:1001] == [Scanned(DEVICE, b"F%d" % number) for number in range(1000)]


def test_nasty_09_two_scanners_that_swap_places_are_told_apart_by_their_serial_numbers(kind, tmp_path, keep, news):
    machine = Plugged(kind.make, tmp_path)
    here, there = UsbId(KIND.vendor, KIND.product, "A"), UsbId(KIND.vendor, KIND.product, "B")
    keep(kind.driver(here, machine.found, DEVICE), kind.driver(there, machine.found, OTHER))
    with machine.plug(0, "A"), machine.plug(1, "B"):
        news.wait_for(UP)
        news.wait_for(DeviceUp(OTHER))
    news.wait_for(AWAY)
    news.wait_for(DeviceDown(OTHER, Fault.UNPLUGGED))
    with machine.plug(0, "B") as other, machine.plug(1, "A") as one:
        news.wait_for(UP, AWAY, UP, patience_s=CURED_S)
        news.wait_for(DeviceUp(OTHER), DeviceDown(OTHER, Fault.UNPLUGGED), DeviceUp(OTHER), patience_s=CURED_S)
        one.scan(b"of one")
        other.scan(b"of the other")
        news.wait_for(Scanned(DEVICE, b"of one"))
        news.wait_for(Scanned(OTHER, b"of the other"))


def test_nasty_09_two_scanners_alike_without_numbers_are_both_served(kind, tmp_path, keep, news):
    machine = Plugged(kind.make, tmp_path)
    with machine.plug(0) as one, machine.plug(1) as other:
        keep(kind.driver(KIND, machine.found, DEVICE), kind.driver(KIND, machine.found, OTHER))
        news.wait_for(UP)
        news.wait_for(DeviceUp(OTHER))
        one.scan(ADDRESS)
        other.scan(ADDRESS)
        news.wait_until(lambda events: sum(isinstance(event, Scanned) for event in events) == 2)


def test_nasty_10_a_scanner_held_by_another_process_is_told_as_busy_and_taken_when_it_is_free(
    kind, path, run, keep, news
):
    with kind.make(path):
        holder = run(kind.driver(str(path), name=OTHER))
        news.wait_for(DeviceUp(OTHER))
        keep(kind.driver(str(path)))
        news.wait_for(DeviceDown(DEVICE, Fault.BUSY), patience_s=TOLD_S)
        holder.stop()
        news.wait_for(DeviceDown(DEVICE, Fault.BUSY), UP, patience_s=CURED_S)


class AsNobody:
    """A driver whose thread has no right to anything of root's."""

    def __init__(self, driver):
        self._driver = driver
        self.name = driver.name

    def run(self, emit, stop):
        ctypes.CDLL(None, use_errno=True).setfsuid(65534)
        self._driver.run(emit, stop)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, who may drop his rights")
def test_nasty_10_a_scanner_that_the_system_refuses_is_told_as_refused(kind, path, keep, news):
    with kind.make(path):
        path.resolve().chmod(0o600)
        keep(AsNobody(kind.driver(str(path))))
        news.wait_for(DeviceDown(DEVICE, Fault.REFUSED), patience_s=TOLD_S)


class BrokenKernel:
    """Ends every read of one device with an error, for ever, though there is something to read."""

    def __init__(self, monkeypatch):
        self._monkeypatch = monkeypatch
        self.reads = 0

    def breaks(self, path, number):
        real, target = os.read, os.path.realpath(path)

        def read(fd, size):
            if os.path.realpath(f"/proc/self/fd/{fd}") != target:
                return real(fd, size)
            self.reads += 1
            raise OSError(number, os.strerror(number))

        self._monkeypatch.setattr(os, "read", read)

    def mends(self):
        self._monkeypatch.undo()


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV, errno.EAGAIN], ids=["EIO", "ENODEV", "EAGAIN"])
def test_nasty_15_a_kernel_that_fails_for_ever_is_told_and_not_asked_without_end(number, kind, path, keep, news):
    down = DeviceDown(DEVICE, Fault.NOT_ANSWERING if number == errno.EAGAIN else Fault.UNPLUGGED)
    with kind.make(path) as scanner, pytest.MonkeyPatch.context() as patch:
        keep(kind.driver(str(path)))
        news.wait_for(UP)
        kernel = BrokenKernel(patch)
        kernel.breaks(path, number)
        scanner.scan(ADDRESS)
        news.wait_for(UP, down, patience_s=TOLD_S)
        assert kernel.reads < 100
        kernel.mends()
        news.wait_for(UP, down, UP, patience_s=CURED_S)


def run_once(driver, stop):
    with suppress(DeviceError):
        driver.run(lambda _: None, stop)


def replug(kind, path, times):
    """Plug in and pull out while the driver runs; on every 25th cycle it is stopped first."""
    driver = kind.driver(str(path))
    for number in range(times):
        stop = threading.Event()
        thread = threading.Thread(target=run_once, args=(driver, stop))
        with kind.make(path):
            thread.start()
            if number % 25 == 0:
                stop.set()
                thread.join()
        thread.join()


def test_nasty_16_fifty_plug_cycles_leave_nothing_behind(kind, path):
    replug(kind, path, 1)
    before = held()
    replug(kind, path, 50)
    assert held() == before


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_nasty_16_ten_thousand_plug_cycles_leave_nothing_behind(kind, path):
    replug(kind, path, 1000)
    before, before_bytes = held(), resident_bytes()
    replug(kind, path, 10_000)
    assert held() == before
    assert resident_bytes() - before_bytes < 2_000_000

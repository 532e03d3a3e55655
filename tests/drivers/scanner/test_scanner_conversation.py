"""What is said to scanners that can be told something, and what their answers and their silence mean."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import DeviceName, DeviceUp, Fault
from drivers.news import Scanned, Symbology
from drivers.scanner.conversation import ANSWER_S, Conversation
from drivers.scanner.framing import Framing
from drivers.scanner.hearing import Hearing
from drivers.scanner.model import MODELS, Make, ssi_packet
from drivers.scanner.orders import Orders
from drivers.scanner.serial_port import SerialScanner, SerialSettings
from drivers.scanner.sieve import MAX_ANSWER_BYTES, Sieve
from drivers.simulated.scanner import SimulatedScanner
from drivers.simulated.scanner_mind import ScannerMind

DEVICE = DeviceName("scanner")
ASKABLE = [make for make in Make if MODELS[make].ask]
TOLD = [make for make in Make if MODELS[make].beep]
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"


def answers_of(make):
    model = MODELS[make]
    return [answer for _, answer in ScannerMind(model).hear(b"".join((model.ask, model.beep, model.send_aim)))]


def test_a_packet_for_zebra_is_as_in_its_guide():
    assert ssi_packet(0xE4) == bytes.fromhex("04 E4 04 00 FF 14")
    assert ssi_packet(0xC6, b"\xff\x8a\x08") == bytes.fromhex("07 C6 04 00 FF 8A 08 FD 9E")
    assert ssi_packet(0xD0, source=0) == bytes.fromhex("04 D0 00 00 FF 2C")


def test_a_code_long_after_an_answer_cut_short_is_whole():
    # The echo of a Honeywell ends with the sign of the order; where that is lost, the next code may begin with one.
    conversation = Conversation(DEVICE, Hearing(DEVICE), MODELS[Make.HONEYWELL])
    conversation.receive(b"REVINF\x06", 10.0)
    assert conversation.due_s is not None
    conversation.flush(10.4)
    assert [each.code for each in conversation.receive(b"!first\r", 11.0)] == [b"!first"]


codes = st.binary(min_size=1, max_size=30).filter(lambda code: not set(code) & {2, 4, 5, *b"RBP", *b".!"})


@given(st.sampled_from(ASKABLE), st.lists(codes, max_size=4), st.lists(st.integers(0, 300), max_size=6))
def test_answers_among_codes_are_taken_out_in_any_chunks(make, scanned, cuts):
    data = b"".join(code + answer for code, answer in zip(scanned, answers_of(make) * 2, strict=False))
    sieve = Sieve(MODELS[make].answers)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    out = b"".join(sieve.receive(data[start:end]) for start, end in pairwise(edges)) + sieve.flush()
    assert (out, sieve.answers) == (b"".join(scanned), len(scanned))


@given(st.sampled_from(Make), st.lists(st.binary(max_size=40) | st.sampled_from([b"REVINF", b"\x02\x010000#"])))
def test_no_bytes_raise_anything_in_the_sieve(make, chunks):
    sieve = Sieve(MODELS[make].answers)
    out = b"".join(sieve.receive(chunk) for chunk in chunks) + sieve.flush()
    assert len(out) <= sum(map(len, chunks))


def test_a_code_that_begins_like_an_answer_is_a_code():
    conversation = Conversation(DEVICE, Hearing(DEVICE), MODELS[Make.HONEYWELL])
    assert conversation.receive(b"REVINF of a citizen\r", 0) == [DeviceUp(DEVICE)]
    assert conversation.flush(1) == [Scanned(DEVICE, b"REVINF of a citizen")]


def test_what_begins_like_an_answer_and_is_longer_than_any_is_a_code_at_once():
    sieve = Sieve(MODELS[Make.HONEYWELL].answers)
    assert sieve.receive(b"REVINF" + b"x" * MAX_ANSWER_BYTES) == b"REVINF" + b"x" * MAX_ANSWER_BYTES
    assert sieve.answers == 0


def test_what_was_wanted_of_a_scanner_that_went_away_is_forgotten():
    orders = Orders()
    with orders.open():
        orders.put(b"E")
    with orders.open():
        assert orders.take() == b""


def test_a_scanner_that_can_be_asked_is_up_once_it_answers_and_mute_when_it_does_not():
    conversation = Conversation(DEVICE, Hearing(DEVICE), MODELS[Make.ZEBRA])
    assert conversation.begin() == []
    assert conversation.question(0) == MODELS[Make.ZEBRA].ask
    assert (conversation.question(1), conversation.is_mute(1), conversation.is_mute(ANSWER_S)) == (b"", False, True)
    assert conversation.receive(answers_of(Make.ZEBRA)[0], 1) == [DeviceUp(DEVICE)]
    assert not conversation.is_mute(9)


def test_a_scanner_silent_for_long_is_asked_again():
    conversation = Conversation(DEVICE, Hearing(DEVICE), MODELS[Make.ZEBRA], ask_again_s=30)
    conversation.question(0)
    conversation.receive(ADDRESS + b"\r", 1)
    assert (conversation.question(30), conversation.question(31)) == (b"", MODELS[Make.ZEBRA].ask)


@pytest.mark.parametrize("make", TOLD, ids=lambda make: make.name.lower())
def test_it_beeps_and_reads_when_told_and_no_answer_is_taken_for_a_code(make, tmp_path, run, news):
    settings = SerialSettings(Framing(aim=True), make)
    with SimulatedScanner(tmp_path / "scanner", make) as scanner:
        driver = SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600, settings)
        run(driver)
        news.wait_for(DeviceUp(DEVICE))
        for order in (driver.beep, driver.trigger, driver.release):
            order()
        told = {scanner.obeyed.get(timeout=5)}
        while "release" not in told:
            told.add(scanner.obeyed.get(timeout=5))
        assert {"beep", "trigger", "release"} <= told
        assert ("send_aim" in told) == (MODELS[make].send_aim is not None)
        scanner.scan(b"]Q1" + ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS, Symbology.QR))
    assert [event for event in news.events if event != DeviceUp(DEVICE)] == [Scanned(DEVICE, ADDRESS, Symbology.QR)]


def test_what_was_wanted_of_a_scanner_that_is_not_there_is_forgotten(tmp_path, run, news):
    driver = SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600, SerialSettings(make=Make.DATALOGIC))
    driver.trigger()
    with SimulatedScanner(tmp_path / "scanner", Make.DATALOGIC) as scanner:
        run(driver)
        news.wait_for(DeviceUp(DEVICE))
        driver.beep()
        assert scanner.obeyed.get(timeout=5) == "beep"


def test_a_scanner_of_no_known_make_is_told_nothing(tmp_path, run, news):
    with SimulatedScanner(tmp_path / "scanner") as scanner:
        driver = SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600)
        run(driver)
        news.wait_for(DeviceUp(DEVICE))
        driver.beep()
        scanner.scan(ADDRESS)
        news.wait_for(Scanned(DEVICE, ADDRESS))


def test_a_scanner_that_takes_nothing_it_is_told_is_told_as_not_answering(tmp_path, run, news):
    with SimulatedScanner(tmp_path / "scanner"):
        driver = SerialScanner(DEVICE, str(tmp_path / "scanner"), 9600, SerialSettings(make=Make.DATALOGIC))
        running = run(driver)
        news.wait_for(DeviceUp(DEVICE))
        for _ in range(200_000):
            driver.beep()
        assert running.wait() is Fault.NOT_ANSWERING

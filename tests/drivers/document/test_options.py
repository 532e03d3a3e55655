"""What a scanner can be told, and what it says meanwhile."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.document.options import has_feeder, orders, parse, resolution
from drivers.document.telling import Telling, is_whole
from drivers.interface import Fault

EPSON = """
All options specific to device `epsonds:libusb:001:004':
  Standard:
    --source Flatbed|ADF Front|ADF Duplex [Flatbed]
        Selects the scan source (such as a document-feeder).
    --resolution 75|100|150|300|600dpi [75]
        Sets the resolution of the scanned image.
    --mode Lineart|Gray|Color [Lineart]
        Selects the scan mode (e.g., lineart, monochrome, or color).
  Geometry:
    -l 0..215.9mm (in steps of 1) [0]
    -x 0..215.9mm (in steps of 1) [215.9]
    -y 0..297.18mm [297.18]
  Enhancement:
    --brightness -100..100% (in steps of 1) [inactive]
    --preview[=(yes|no)] [no]
"""


def test_the_tests_own_scanner_is_understood(monkeypatch):
    monkeypatch.delenv("SANE_CONFIG_DIR", raising=False)
    said = subprocess.run(["scanimage", "-d", "test", "-A"], capture_output=True, text=True, check=True).stdout
    options = parse(said)
    assert options["mode"].choices == ("Gray", "Color")
    assert (options["resolution"].low, options["resolution"].high) == (1, 1200)
    assert not options["three-pass"].active
    assert len(options) > 40


def test_a_page_is_grey_whole_and_of_the_next_finer_resolution():
    assert orders(parse(EPSON), feeder=False) == ["--mode", "Gray", "--resolution", "300", "-x", "210", "-y", "297"]


def test_a_pile_is_taken_from_the_feeder_where_there_is_one():
    assert orders(parse(EPSON), feeder=True)[4:6] == ["--source", "ADF Front"]
    assert not has_feeder(parse("    --source Flatbed [Flatbed]"))


def test_what_cannot_be_set_is_not_set():
    assert orders(parse("    --mode Gray|Color [inactive]\n    --resolution 300dpi [inactive]"), feeder=True) == []
    assert resolution({}) is None


@given(st.text(max_size=2000))
def test_no_text_makes_it_fail(text):
    assert all(isinstance(each, str) for each in orders(parse(text), feeder=True))


@given(
    st.lists(st.from_regex(r"    --?[a-z-]{1,12} [a-zA-Z0-9.|%-]{0,40}( \\[[a-z]*\\])?", fullmatch=True), max_size=30)
)
def test_no_option_makes_it_fail(lines):
    assert all(isinstance(each, str) for each in orders(parse("\n".join(lines)), feeder=True))


@pytest.mark.parametrize(
    ("said", "exit_code", "pages", "fault"),
    [
        ("", 0, 1, None),
        ("scanimage: sane_start: Document feeder out of documents", 0, 4, None),
        ("scanimage: sane_start: Document feeder out of documents", 7, 0, Fault.OUT_OF_PAPER),
        ("scanimage: sane_read: Document feeder jammed", 6, 2, Fault.PAPER_JAMMED),
        ("scanimage: sane_read: Scanner cover is open", 8, 0, Fault.COVER_OPEN),
        ("scanimage: sane_read: Device busy", 3, 0, Fault.BUSY),
        ("scanimage: sane_read: Error during device I/O", 9, 1, Fault.UNPLUGGED),
        ("scanimage: sane_read: Access to resource has been denied", 11, 0, Fault.REFUSED),
        ("scanimage: open of device epsonds failed: Invalid argument", 1, 0, Fault.UNPLUGGED),
        ("Segmentation fault", -11, 0, Fault.NOT_ANSWERING),
        ("", 0, 0, Fault.NOT_ANSWERING),
    ],
)
def test_why_it_stopped_is_named(said, exit_code, pages, fault):
    telling = Telling()
    telling.receive(said.encode())
    assert telling.fault(exit_code, pages) is fault


def test_how_far_the_page_is_is_heard():
    telling = Telling()
    assert telling.receive(b"Progress: 3.0%\rProgress: 12.7%\r") == 12
    assert telling.receive(b"Scanned page 1.") is None


@given(st.binary(max_size=300))
def test_no_noise_makes_it_fail(noise):
    telling = Telling()
    percent = telling.receive(noise)
    assert percent is None or 0 <= percent <= 100
    assert telling.fault(0, 0) is not None


@given(st.binary(max_size=60), st.integers(0, 10**6))
def test_no_bytes_are_taken_for_a_whole_page_by_mistake(head, size):
    assert is_whole(head, size) in {True, False}


def test_a_page_that_ends_early_is_not_whole():
    head = b"P5\n# SANE data follows\n10 20\n255\n"
    assert is_whole(head, len(head) + 200)
    assert not is_whole(head, len(head) + 199)
    assert not is_whole(b"P5 0 0 255 ", 11)

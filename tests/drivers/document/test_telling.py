"""What scanimage says while it scans, and what it leaves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.document import raw
from drivers.document.listed import FORMAT, Listed, may_have_moved, meant, parse, usb_numbers
from drivers.document.telling import Telling
from drivers.interface import Fault


def heard(said, *, through_daemon=False):
    telling = Telling(through_daemon=through_daemon)
    telling.receive(said.encode())
    return telling


@pytest.mark.parametrize(
    ("said", "exit_code", "pages", "fault"),
    [
        ("", 0, 1, None),
        ("scanimage: sane_start: Document feeder out of documents", 7, 4, None),
        ("scanimage: sane_start: Document feeder out of documents", 7, 0, Fault.OUT_OF_PAPER),
        ("scanimage: sane_read: Document feeder jammed", 6, 2, Fault.PAPER_JAMMED),
        ("scanimage: sane_read: Scanner cover is open", 8, 0, Fault.COVER_OPEN),
        ("scanimage: sane_read: Device busy", 3, 0, Fault.BUSY),
        ("scanimage: sane_start: Lamp not ready, please retry", 12, 0, Fault.BUSY),
        ("scanimage: sane_read: Operation was canceled", 2, 0, Fault.OFFLINE),
        ("scanimage: sane_start: Invalid argument", 4, 0, Fault.NOT_ANSWERING),
        ("scanimage: sane_read: Error during device I/O", 9, 1, Fault.UNPLUGGED),
        ("scanimage: sane_read: Access to resource has been denied", 11, 0, Fault.REFUSED),
        ("scanimage: open of device epsonds:libusb:001:004 failed: Invalid argument", 1, 0, Fault.UNPLUGGED),
        ("scanimage: open of device hp:x failed: Device busy", 1, 0, Fault.BUSY),
        ("scanimage: open of device net:x:y failed: Unknown SANE status code 121", 1, 0, Fault.NOT_ANSWERING),
        ("scanimage: attempted to set inactive option depth", 1, 0, Fault.NOT_ANSWERING),
        ("[epsonds] cannot connect: Device busy", 0, 1, None),
        ("Progress: 12.0%\rscanimage: sane_read: Document feeder jammed\n", 6, 0, Fault.PAPER_JAMMED),
        ("Segmentation fault", -11, 0, Fault.NOT_ANSWERING),
        ("", 0, 0, Fault.NOT_ANSWERING),
    ],
)
def test_why_it_stopped_is_named(said, exit_code, pages, fault):
    assert heard(said).fault(exit_code, pages) is fault


def test_a_scanner_behind_a_daemon_that_is_down_is_told_from_one_that_is_unplugged():
    down = "scanimage: open of device net:here:test failed: Error during device I/O"
    unplugged = "scanimage: open of device net:here:test failed: Invalid argument"
    assert heard(down, through_daemon=True).fault(1, 0) is Fault.SERVICE_DOWN
    assert heard(unplugged, through_daemon=True).fault(1, 0) is Fault.UNPLUGGED


def test_the_resolution_it_takes_instead_is_heard():
    assert heard("scanimage: rounded value of resolution from 200 to 150\n").rounded_dpi == 150
    assert heard("scanimage: rounded value of br-x from 200 to 150\n").rounded_dpi is None


def test_how_far_the_page_is_is_heard():
    telling = Telling()
    assert telling.receive(b"Progress: 3.0%\rProgress: 12.7%\r") == 12
    assert telling.receive(b"x" * 40) is None


@given(st.data())
def test_how_what_it_says_is_cut_up_does_not_matter(data):
    said = "Scanning page 1\nProgress: 7.5%\rProgress: 99.1%\rscanimage: sane_read: Scanner cover is open\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(said)), max_size=8)))
    telling, percents = Telling(), []
    for start, end in zip([0, *cuts], [*cuts, len(said)], strict=True):
        percents.append(telling.receive(said[start:end].encode()))
    assert 99 in percents
    assert telling.fault(8, 0) is Fault.COVER_OPEN


@given(st.binary(max_size=300), st.integers(-20, 255))
def test_no_noise_makes_it_fail(noise, exit_code):
    telling = Telling()
    percent = telling.receive(noise)
    assert percent is None or 0 <= percent <= 100
    assert telling.fault(exit_code, 0) is not None


def test_an_endless_talk_fills_no_memory():
    telling = Telling()
    for _ in range(100):
        telling.receive(b"x" * 65_536)
    assert len(telling._said) <= 20_000


@given(st.binary(max_size=60), st.integers(0, 10**6))
def test_no_bytes_are_taken_for_a_page_which_they_cannot_hold(head, size):
    found = raw.head(head, size)
    assert found is None or found.width * found.height <= size * 8


@pytest.mark.parametrize(
    ("head", "body_bytes"),
    [
        (b"P5\n# SANE data follows\n10 20\n255\n", 200),
        (b"P5\n# SANE data follows\n10 20\n65535\n", 400),
        (b"P6\n# SANE data follows\n10 20\n255\n", 600),
        (b"P4\n# SANE data follows\n10 20\n", 40),
    ],
)
def test_a_page_that_ends_a_byte_early_is_not_whole(head, body_bytes):
    found = raw.head(head, len(head) + body_bytes)
    assert (found.width, found.height, found.row_bytes * found.height) == (10, 20, body_bytes)
    assert raw.head(head, len(head) + body_bytes - 1) is None


def test_a_page_of_nothing_or_of_too_much_is_none():
    assert raw.head(b"P5 0 0 255 ", 11) is None
    assert raw.head(b"P5 99999 99999 255 ", 10**12) is None


LIST = parse(
    "epsonds:libusb:001:007\x1fEPSON\x1fDS-310\nairscan:e0:EPSON DS-310\x1fEPSON\x1fDS-310\n"
    "net:depot:test:0\x1fNoname\x1ffrontend-tester\nnonsense\n"
)


@pytest.mark.parametrize(
    ("device", "found"),
    [
        ("epsonds:libusb:001:004", ("epsonds:libusb:001:007",)),
        ("epsonds:libusb:001:007", ("epsonds:libusb:001:007",)),
        ("epson ds-310", ("epsonds:libusb:001:007",)),
        ("frontend-tester", ("net:depot:test:0",)),
        ("fujitsu:libusb:001:004", ()),
        ("net:elsewhere:test:0", ()),
        ("Canon", ()),
        ("epson ds-3", ()),
        ("", ()),
    ],
)
def test_a_scanner_is_found_by_its_name_its_backend_or_its_make(device, found):
    assert meant(device, LIST) == found


@pytest.mark.parametrize("device", ["epsonds:libusb:001:007", "EPSON DS-310", "EPSON"])
def test_two_scanners_that_may_both_be_meant_are_both_named(device):
    two = parse("epsonds:libusb:001:007\x1fEPSON\x1fDS-310\nepsonds:libusb:001:008\x1fEPSON\x1fDS-310\n")
    assert meant(device, two) == ("epsonds:libusb:001:007", "epsonds:libusb:001:008")


def test_only_what_may_have_moved_is_looked_for():
    assert may_have_moved("epsonds:libusb:001:004")
    assert may_have_moved("EPSON DS-310")
    assert not may_have_moved("net:depot:test:0")


def test_the_plug_of_a_usb_scanner_can_be_seen():
    assert usb_numbers("epsonds:libusb:1:4") == ("001", "004")
    assert usb_numbers("net:depot:epsonds:0") is None
    assert usb_numbers("epsonds:libusb:1:4\n") is None


fields = st.text(st.characters(exclude_characters="\n\x1f"), min_size=1, max_size=9)


@given(st.lists(st.builds(Listed, fields, fields, fields), max_size=9))
def test_every_list_is_read_as_it_was_asked_for(scanners):
    row = FORMAT.replace("%n", "\n").replace("%d", "{0}").replace("%v", "{1}").replace("%m", "{2}")
    text = "".join(row.format(each.name, each.make, each.model) for each in scanners)
    assert parse(text) == tuple(scanners)


@given(st.text(max_size=300), st.text(max_size=30))
def test_no_list_makes_it_fail(text, device):
    assert meant(device, parse(text)) == () or device

"""A scanner that pretends to be a keyboard: what is told of it, and how it is found."""

from __future__ import annotations

import pytest

from drivers.interface import Caution, DeviceName, DeviceUp, Fault
from drivers.news import Scanned, Symbology
from drivers.scanner import inputs
from drivers.scanner.framing import Framing
from drivers.scanner.hid import HidScanner
from drivers.scanner.keys import record
from drivers.scanner.layouts import Layout
from drivers.scanner.place import PluggedIn, UsbId
from drivers.simulated.hid_scanner import SimulatedHidScanner

DEVICE = DeviceName("scanner")
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"
SCANNER = UsbId(0x0C2E, 0x0B61, "12345")


@pytest.fixture(params=Layout, ids=lambda layout: layout.name.lower())
def typing(request, tmp_path, run, news):
    with SimulatedHidScanner(tmp_path / "event-kbd", request.param) as scanner:
        running = run(HidScanner(DEVICE, str(tmp_path / "event-kbd"), request.param, Framing(aim=True)))
        news.wait_for(DeviceUp(DEVICE))
        yield scanner
        running.stop()


def test_a_typed_address_arrives(typing, news):
    typing.scan(ADDRESS)
    news.wait_for(Scanned(DEVICE, ADDRESS))


def test_binary_content_arrives_byte_by_byte_with_its_kind(typing, news):
    typing.scan(b"]d20103453120000011\x1d10\xc3\xa9\x00\xff")
    news.wait_for(Scanned(DEVICE, b"0103453120000011\x1d10\xc3\xa9\x00\xff", Symbology.GS1_DATA_MATRIX))


def test_a_burst_of_codes_arrives_whole_and_in_order(typing, news):
    for number in range(200):
        typing.scan(b"F%d" % number)
    news.wait_for(*(Scanned(DEVICE, b"F%d" % number) for number in range(200)))
    assert len(news.events) == 201


def test_a_code_of_which_the_kernel_lost_keys_is_no_code_and_the_next_is_right(typing, news):
    typing.scan(b"F1")
    typing.press([(1, 42, 1), (1, 30, 1)])
    typing.overrun()
    typing.scan(b"4128")
    typing.scan(b"F14128")
    news.wait_for(Scanned(DEVICE, b"F14128"))
    assert [event for event in news.events if isinstance(event, Scanned)] == [
        Scanned(DEVICE, b"F1"),
        Scanned(DEVICE, b"F14128"),
    ]


def test_a_key_that_the_kernel_repeats_is_pressed_once(typing, news):
    typing.press([(1, 2, 1), (1, 2, 2), (1, 2, 2), (1, 2, 0), (1, 28, 1)])
    news.wait_until(lambda events: len(events) == 2)
    assert len(news.events[1].code.decode()) == 1


def test_what_is_neither_a_device_nor_a_pipe_is_told_as_unplugged(tmp_path, run, news):
    (tmp_path / "file").write_bytes(b"no device")
    assert run(HidScanner(DEVICE, str(tmp_path / "file"))).wait() is Fault.UNPLUGGED
    assert news.events == []


def test_a_scanner_that_types_only_nonsense_is_told(typing, news):
    typing.send(record(1, 30, 1) * 10_000)
    news.wait_for(DeviceUp(DEVICE, Caution.TALKS_NONSENSE))


def _describe(root, event, **texts):
    for name, text in texts.items():
        path = root / event / "device" / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def test_scanners_are_found_by_what_the_kernel_says_of_them(tmp_path):
    scanner = {"id__vendor": "0c2e", "id__product": "0b61", "uniq": "12345", "phys": "usb-1/input0"}
    _describe(tmp_path, "event3", **scanner, capabilities__key="1000000000007 ff9f207ac14057ff ffffffff fffffffe")
    _describe(tmp_path, "event4", **scanner, capabilities__key="3f000000000000 0")
    _describe(tmp_path, "event5", id__vendor="zz")
    assert inputs.found(tmp_path) == [PluggedIn("/dev/input/event3", SCANNER, "usb-1/input0")]

"""Which of the devices that are plugged in is meant."""

from __future__ import annotations

from drivers.scanner.place import PluggedIn, UsbId, paths

ONE = PluggedIn("/dev/ttyACM1", UsbId(0x0C2E, 0x0B61, "A"), "1-1")
OTHER = PluggedIn("/dev/ttyACM0", UsbId(0x0C2E, 0x0B61, "B"), "1-2")
PRINTER = PluggedIn("/dev/ttyACM2", UsbId(0x04B8, 0x0202), "1-3")
FOUND = [OTHER, PRINTER, ONE, PluggedIn("/dev/ttyS0")]


def test_a_path_is_taken_at_its_word():
    assert paths("/dev/serial/by-id/usb-Honeywell", []) == ["/dev/serial/by-id/usb-Honeywell"]


def test_a_serial_number_means_one_device_and_none_other():
    assert paths(UsbId(0x0C2E, 0x0B61, "B"), FOUND) == ["/dev/ttyACM0"]
    assert paths(UsbId(0x0C2E, 0x0B61, "C"), FOUND) == []


def test_without_one_any_of_the_kind_is_meant_in_the_order_of_the_sockets():
    assert paths(UsbId(0x0C2E, 0x0B61), FOUND) == ["/dev/ttyACM1", "/dev/ttyACM0"]


def test_an_id_is_written_as_tools_write_it():
    assert (str(ONE.usb), str(PRINTER.usb)) == ("0c2e:0b61:A", "04b8:0202")

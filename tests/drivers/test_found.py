"""What is plugged in is found by names that stay."""

from __future__ import annotations

from document_rig import DocumentScannerRig

from drivers.found import Found, Kind, document_scanners, found
from drivers.interface import DeviceName


def tree(tmp_path):
    for path in ("dev/ttyACM0", "dev/ttyUSB0", "dev/usb/lp0", "dev/usb/lp1", "dev/input/event3"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    for folder, name, target in (
        ("dev/serial/by-id", "usb-Honeywell_1902_12345-if00", "../../ttyACM0"),
        ("dev/input/by-id", "usb-Newland_HR22-event-kbd", "../event3"),
        ("dev/serial/by-id", "usb-gone-if00", "../../ttyACM9"),
        ("dev/usb/by-id", "usb-EPSON_TM-T20III_0042", "../lp1"),
    ):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).symlink_to(target)
    for node, model in (("lp0", "SRP-350plusIII"), ("lp1", "TM-T20III")):
        about = tmp_path / "sys/class/usbmisc" / node / "device"
        about.mkdir(parents=True)
        (about / "ieee1284_id").write_text(f"MFG:MAKER;CMD:ESC/POS;MDL:{model};CLS:PRINTER;\n")
    for path, text in (
        ("proc/asound/cards", " 0 [Headphones     ]: bcm2835 - Headphones\n                      bcm2835\n"),
        ("sys/class/input/event7/device/name", "vc4-hdmi-0 HDMI Jack\n"),
        ("sys/class/input/event8/device/name", "USB Audio Headphone\n"),
        ("sys/class/power_supply/max17040/type", "Battery\n"),
        ("dev/gpiochip0", ""),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_each_device_is_named_by_what_stays(tmp_path):
    root = tree(tmp_path)
    assert [each for each in found(root) if each.kind is not Kind.CARD_READER] == [
        Found(Kind.SERIAL_PORT, f"{root}/dev/serial/by-id/usb-Honeywell_1902_12345-if00", "now ttyACM0"),
        Found(Kind.SERIAL_PORT, f"{root}/dev/ttyUSB0"),
        Found(Kind.USB_PRINTER, f"{root}/dev/usb/by-id/usb-EPSON_TM-T20III_0042", "MAKER TM-T20III"),
        Found(Kind.USB_PRINTER, f"{root}/dev/usb/lp0", "MAKER SRP-350plusIII"),
        Found(Kind.KEYBOARD, f"{root}/dev/input/by-id/usb-Newland_HR22-event-kbd", "now event3"),
        Found(Kind.SOUND_CARD, "plughw:CARD=Headphones", "bcm2835 - Headphones"),
        Found(Kind.HEADPHONE_SOCKET, "USB Audio Headphone", "now event8"),
        Found(Kind.GPIO_CHIP, f"{root}/dev/gpiochip0", "now gpiochip0"),
        Found(Kind.POWER_SUPPLY, "max17040", "Battery"),
    ]


def test_where_there_is_nothing_nothing_is_found(tmp_path):
    assert [each for each in found(tmp_path) if each.kind is not Kind.CARD_READER] == []


def test_document_scanners_are_found_by_the_names_that_sane_gives_them(tmp_path):
    with DocumentScannerRig(DeviceName("document-scanner"), tmp_path).device():
        assert document_scanners()[0] == Found(Kind.DOCUMENT_SCANNER, "test:0", "Noname frontend-tester")

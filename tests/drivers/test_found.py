"""What is plugged in is found by names that stay."""

from __future__ import annotations

from drivers.found import Found, Kind, found


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
    return tmp_path


def test_each_device_is_named_by_what_stays(tmp_path):
    root = tree(tmp_path)
    assert [each for each in found(root) if each.kind is not Kind.CARD_READER] == [
        Found(Kind.SERIAL_PORT, f"{root}/dev/serial/by-id/usb-Honeywell_1902_12345-if00", "now ttyACM0"),
        Found(Kind.SERIAL_PORT, f"{root}/dev/ttyUSB0"),
        Found(Kind.USB_PRINTER, f"{root}/dev/usb/by-id/usb-EPSON_TM-T20III_0042", "MAKER TM-T20III"),
        Found(Kind.USB_PRINTER, f"{root}/dev/usb/lp0", "MAKER SRP-350plusIII"),
        Found(Kind.KEYBOARD, f"{root}/dev/input/by-id/usb-Newland_HR22-event-kbd", "now event3"),
    ]


def test_where_there_is_nothing_nothing_is_found(tmp_path):
    assert [each for each in found(tmp_path) if each.kind is not Kind.CARD_READER] == []

"""What the kiosk's service may reach of the machine, against what its drivers are configured for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parent.parent / "systemd"
KIOSK = (SYSTEMD / "guichet-kiosk.service").read_text(encoding="utf-8")
# Groups that every Debian has (base-passwd, udev).
OF_DEBIAN = {"video", "render", "input", "dialout", "lp", "audio"}


# Each kind of device file: its group in /proc/devices, who may open it, and the module that makes it, if any.
@pytest.mark.parametrize(
    ("allowed", "group", "module"),
    [
        ("char-tty* rw", "dialout", "cdc_acm"),
        ("char-tty* rw", "dialout", "usbserial"),
        ("char-usb rw", "lp", "usblp"),
        ("char-usb_device rw", "scanner", None),
        ("char-input r", "input", None),
        ("char-alsa rw", "audio", "snd"),
        ("char-gpiochip rw", "gpio", None),
        ("char-video4linux rw", "video", "videodev"),
    ],
)
def test_the_kiosk_may_open_each_kind_of_device_also_one_that_is_plugged_in_later(allowed, group, module):
    assert f"\nDeviceAllow={allowed}\n" in KIOSK
    assert group in re.search(r"^SupplementaryGroups=(.+)$", KIOSK, re.MULTILINE)[1].split()
    if module:
        for when in ("Wants", "After"):
            assert f"modprobe@{module}.service" in re.search(rf"^{when}=(.+)$", KIOSK, re.MULTILINE)[1].split()


def test_every_group_of_the_kiosk_is_there_or_made():
    groups = set(re.search(r"^SupplementaryGroups=(.+)$", KIOSK, re.MULTILINE)[1].split())
    made = set(re.findall(r"^g (\S+)", (SYSTEMD / "guichet.sysusers").read_text(encoding="utf-8"), re.MULTILINE))
    assert groups <= OF_DEBIAN | made

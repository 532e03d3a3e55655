"""How the devices of a kiosk stand is read by other processes, and by none after it is over."""

from __future__ import annotations

import errno
import json
import time

import pytest

from drivers import report
from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.standing import Standing, after

PRINTER = DeviceName("printer")
STANDING = after(Standing(PRINTER, 1.0), DeviceDown(PRINTER, Fault.OUT_OF_PAPER), 2.0)


def written(folder, **said):
    """Write a report which says something else, as an older or another one would."""
    report.write(folder, [STANDING])
    path = folder / report.NAME
    path.write_text(json.dumps(json.loads(path.read_bytes()) | said), encoding="utf-8")


def test_what_was_written_is_read(tmp_path):
    report.write(tmp_path, [after(STANDING, DeviceUp(PRINTER), 3.0)])
    report.write(tmp_path, [STANDING])
    (line,) = report.read(tmp_path).devices
    assert (line.device, line.presence, line.reason, line.since_s) == ("printer", "fault", "out_of_paper", 2.0)


def test_a_report_of_before_the_machine_booted_is_none(tmp_path):
    """A folder that is no tmpfs keeps it, and its clock may be ahead of ours or near it."""
    written(tmp_path, boot="another", at_s=time.monotonic())
    assert report.read(tmp_path) is None


@pytest.mark.parametrize("said", [{"at_s": -60.0}, {"at_s": "now"}, {"devices": None}, {"boot": None}])
def test_a_report_that_is_old_or_none_is_not_read(tmp_path, said):
    written(tmp_path, **said)
    assert report.read(tmp_path) is None


def test_a_kiosk_that_stands_still_has_no_report(tmp_path, monkeypatch):
    report.write(tmp_path, [STANDING])
    later_s = time.monotonic() + 11
    monkeypatch.setattr(time, "monotonic", lambda: later_s)
    assert report.read(tmp_path) is None


def test_a_report_of_fifty_devices_is_read(tmp_path):
    report.write(tmp_path, [Standing(DeviceName(f"{number:02}" * 30), 1.0) for number in range(50)])
    assert len(report.read(tmp_path).devices) == 50


def test_a_report_that_cannot_be_written_leaves_the_one_before(tmp_path):
    report.write(tmp_path, [STANDING])
    before = (tmp_path / report.NAME).read_bytes()
    (tmp_path / "devices.part").mkdir()  # as good as a full disk, and nobody has to be root
    with pytest.raises(OSError, match=str(errno.EISDIR)):
        report.write(tmp_path, [])
    assert (tmp_path / report.NAME).read_bytes() == before

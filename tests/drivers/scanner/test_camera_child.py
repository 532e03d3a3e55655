"""A camera which a program reads into a pipe: its pictures, and what becomes of it when it goes."""

from __future__ import annotations

import contextlib
import sys

import pytest
import zxingcpp
from camera_rig import CameraChildRig
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.interface import DeviceDown, DeviceName, DeviceUp, Fault
from drivers.news import Scanned, Symbology
from drivers.scanner.camera import CameraScanner
from drivers.scanner.camera_child import CameraChild
from drivers.scanner.grey_pictures import GreyPicture, GreyPictures, NoPicturesError
from drivers.supervisor import Supervisor

CAMERA = DeviceName("camera")
ONE, OTHER = GreyPicture(3, 2, b"abcdef"), GreyPicture(1, 1, b"\n")
STREAM = b"P5\n3 2\n255\nabcdefP5 1 1 255\n\n"


def paper(content):
    """Return a grey photograph of a paper that bears a code."""
    code = Image.fromarray(zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode).to_image(scale=6))
    sheet = Image.new("L", (640, 480), 230)
    sheet.paste(code, (200, 100))
    return sheet


@given(st.lists(st.integers(0, len(STREAM))))
def test_how_the_bytes_come_never_matters(cuts):
    pictures, found = GreyPictures(), []
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(STREAM)], strict=True):
        found += pictures.receive(STREAM[begin:end])
    assert found == [ONE, OTHER]


@pytest.mark.parametrize(
    "data", [b"GIF89a", b"P6\n1 1\n255\n", b"P5" + b" " * 80, b"P5\n99999 99999\n255\n", b"P5\n0 1\n255\n"]
)
def test_what_is_no_picture_is_refused_before_it_is_stored(data):
    with pytest.raises(NoPicturesError):
        GreyPictures().receive(data)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(NoPicturesError):
        assert all(len(each.pixels) == each.width_px * each.height_px for each in GreyPictures().receive(data))


def test_a_code_held_before_it_is_told_once(run, news, tmp_path):
    rig = CameraChildRig(CAMERA, tmp_path)
    with rig.device(paper(b"one")):
        run(rig.driver())
        news.wait_for(Scanned(CAMERA, b"one", Symbology.QR))
        rig.hold(paper(b"other"))
        news.wait_for(Scanned(CAMERA, b"other", Symbology.QR))
    assert [event for event in news.events if isinstance(event, Scanned)] == [
        Scanned(CAMERA, b"one", Symbology.QR),
        Scanned(CAMERA, b"other", Symbology.QR),
    ]


def test_a_camera_that_is_pulled_out_is_unplugged(run, news, tmp_path):
    rig = CameraChildRig(CAMERA, tmp_path)
    with rig.device():
        running = run(rig.driver())
        news.wait_for(DeviceUp(CAMERA))
    assert running.wait() is Fault.UNPLUGGED


@pytest.mark.parametrize(
    ("program", "fault"),
    [
        (("no-such-program",), Fault.SERVICE_DOWN),
        ((sys.executable, "-c", "print('nonsense', flush=True); import time; time.sleep(60)"), Fault.NOT_ANSWERING),
        ((sys.executable, "-c", "import time; time.sleep(60)"), Fault.NOT_ANSWERING),
        ((sys.executable, "-c", "raise SystemExit(1)"), Fault.UNPLUGGED),
    ],
)
def test_why_a_camera_gives_no_pictures_is_named(run, news, tmp_path, program, fault):
    rig = CameraChildRig(CAMERA, tmp_path)
    with rig.device():
        camera = CameraChild(rig.picture, program, (), first_s=1.5)
        running = run(CameraScanner(CAMERA, camera.frames))
        assert running.wait() is fault
    assert news.events == []


def test_a_camera_that_is_not_there_is_unplugged(run, tmp_path):
    assert run(CameraChildRig(CAMERA, tmp_path).driver()).wait() is Fault.UNPLUGGED


UP, MUTE = DeviceUp(CAMERA), DeviceDown(CAMERA, Fault.NOT_ANSWERING)
STARTING = DeviceDown(CAMERA, Fault.STARTING)
PROGRAM = """
import sys, time
from pathlib import Path
def take():
    sys.stdout.buffer.write(b"P5 8 8 255 " + bytes(64))
    sys.stdout.buffer.flush()
    time.sleep(0.2)
"""
STALLS = "while True:\n  while Path(sys.argv[1]).read_bytes() == b'stalled': time.sleep(0.05)\n  take()"
SLOW = "time.sleep(2.5)\nwhile True: take()"
SILENT = "time.sleep(60)"


@pytest.fixture
def supervised(news, tmp_path):
    """A camera whose program does as told, under the real supervisor; its device file."""
    device = tmp_path / "video0"
    device.write_bytes(b"")
    supervisors = []

    def start(does):
        camera = CameraChild(device, (sys.executable, "-c", PROGRAM + does), ())
        supervisors.append(Supervisor([CameraScanner(CAMERA, camera.frames)], news))
        supervisors[-1].start()
        return device

    yield start
    for each in supervisors:
        each.stop()


def test_nasty_05_a_camera_that_stalls_is_named_within_two_seconds_and_serves_with_its_next_picture(supervised, news):
    device = supervised(STALLS)
    news.wait_for(UP)
    device.write_bytes(b"stalled")
    news.wait_for(MUTE, patience_s=2)
    device.write_bytes(b"")
    news.wait_for(MUTE, UP, patience_s=5)
    assert news.events == [UP, MUTE, UP]


def test_nasty_04_a_camera_that_stalls_for_long_is_opened_anew_and_serves_within_five_seconds(supervised, news):
    supervised("for _ in range(5): take()\n" + SILENT)
    news.wait_for(UP, MUTE)
    news.wait_for(UP, MUTE, UP, patience_s=5)


def test_nasty_05_a_slow_camera_is_starting_and_never_called_mute(supervised, news):
    supervised(SLOW)
    news.wait_for(STARTING, patience_s=2)
    news.wait_for(UP)
    assert news.events == [STARTING, UP]


def test_nasty_04_a_camera_without_any_picture_is_starting_within_two_seconds_and_mute_after_four(supervised, news):
    supervised(SILENT)
    news.wait_for(STARTING, patience_s=2)
    news.wait_for(STARTING, MUTE, patience_s=4)
    assert news.events == [STARTING, MUTE]

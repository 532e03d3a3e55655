"""What the real ffmpeg makes of what is before a camera; a picture stands for the kernel's device."""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from drivers.interface import DeviceName, DeviceUp
from drivers.news import Scanned, Symbology
from drivers.scanner.camera import CameraScanner
from drivers.scanner.camera_child import FFMPEG, CameraChild

CAMERA = DeviceName("camera")
# V4L2 alone is left out: one picture over and over, at a camera's speed.
STILL = (*FFMPEG[: FFMPEG.index("-f")], "-re", "-loop", "1", "-framerate", "30", "-i")


@pytest.mark.prove
@pytest.mark.parametrize("size", [(640, 480), (1920, 1080)])
def test_a_code_held_before_a_colour_camera_is_told(run, news, tmp_path, size):
    code = Image.fromarray(zxingcpp.create_barcode(b"one", zxingcpp.BarcodeFormat.QRCode).to_image(scale=8))
    shown = Image.new("RGB", size, (210, 225, 230))
    shown.paste(code.convert("RGB"), (200, 100))
    shown.save(tmp_path / "video0.png")
    running = run(CameraScanner(CAMERA, CameraChild(tmp_path / "video0.png", STILL).frames))
    news.wait_for(DeviceUp(CAMERA), Scanned(CAMERA, b"one", Symbology.QR))
    running.stop()

"""Codes in pictures: sharp, blurred, tilted; and what is no picture."""

from __future__ import annotations

import io
from contextlib import suppress

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from drivers.interface import DeviceName, DeviceUp
from drivers.news import Scanned, Symbology
from drivers.scanner import picture
from drivers.scanner.camera import CameraScanner
from drivers.scanner.protocol import Code
from drivers.simulated.camera import SimulatedCamera

DEVICE = DeviceName("camera")
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"


def paper(content=ADDRESS, kind=zxingcpp.BarcodeFormat.QRCode, **options):
    """Return a grey photograph of a paper that bears a code."""
    code = Image.fromarray(zxingcpp.create_barcode(content, kind, **options).to_image(scale=6))
    sheet = Image.new("L", (800, 600), 230)
    sheet.paste(code, (250, 150))
    return sheet


@pytest.mark.parametrize("blur_px", [0, 1, 2])
@pytest.mark.parametrize("tilt_degrees", [0, 3, 17, 90, 180])
def test_a_blurred_and_tilted_code_is_read(blur_px, tilt_degrees):
    seen = paper().filter(ImageFilter.GaussianBlur(blur_px)).rotate(tilt_degrees, fillcolor=230, expand=True)
    assert picture.codes_in(seen) == [Code(ADDRESS, Symbology.QR)]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_file_is_read(kind):
    file = io.BytesIO()
    paper().save(file, kind)
    assert picture.codes_in_file(file.getvalue()) == [Code(ADDRESS, Symbology.QR)]


def test_binary_content_comes_out_byte_by_byte():
    content = bytes(range(256))
    assert picture.codes_in(paper(content, zxingcpp.BarcodeFormat.DataMatrix)) == [Code(content, Symbology.DATA_MATRIX)]


def test_the_separators_of_a_gs1_code_come_out_as_bytes():
    seen = paper("(01)03453120000011(10)AB-12(21)7788", zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    content = b"0103453120000011" + b"10AB-12\x1d217788"
    assert picture.codes_in(seen) == [Code(content, Symbology.GS1_DATA_MATRIX)]


def test_a_paper_without_a_code_has_none():
    assert picture.codes_in(Image.new("L", (800, 600), 230)) == []


def _png(size):
    file = io.BytesIO()
    Image.new("1", size).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("data", [b"", b"no picture", _png((800, 600))[:60], _png((9_000, 9_000))])
def test_what_cannot_be_read_is_refused(data):
    with pytest.raises(picture.PictureError):
        picture.codes_in_file(data)


@given(st.binary(max_size=200).map(lambda data: _png((8, 8))[:20] + data) | st.binary(max_size=200))
def test_no_file_raises_anything_else(data):
    with suppress(picture.PictureError):
        picture.codes_in_file(data)


def test_a_paper_held_before_a_camera_is_told_once(run, news):
    with SimulatedCamera() as camera:
        running = run(CameraScanner(DEVICE, camera.frames))
        for _ in range(5):
            camera.show(paper())
        camera.show(paper(b"another"))
        news.wait_for(Scanned(DEVICE, b"another", Symbology.QR))
        running.stop()
    assert news.events == [
        DeviceUp(DEVICE),
        Scanned(DEVICE, ADDRESS, Symbology.QR),
        Scanned(DEVICE, b"another", Symbology.QR),
    ]

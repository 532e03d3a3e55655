"""Scanned pages: in memory, upright, in order, one PDF under a limit, and gone at the end."""

from __future__ import annotations

import ctypes
import os
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from drivers.document import memory
from drivers.document.pages import PageFolder
from drivers.document.pdf import Bound, NotBound, bind
from drivers.document.reading import can_read
from drivers.interface import DeviceError

FONT = Path(__file__).parents[3] / "drivers/printer/fonts/DejaVuSansCondensed.ttf"
TEXT = "Attestation de domicile établie à Marcenat pour le dossier de renouvellement de la carte grise"


def letter(lines=24, size=(1240, 1754)):
    page = Image.new("L", size, 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(str(FONT), 30)
    for line in range(lines):
        pen.text((110, 150 + 60 * line), TEXT[: 60 + 7 * (line % 4)], font=font, fill=0)
    return page


def inotify(folder):
    """Return a descriptor from which comes what is made in a folder (inotify(7))."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(watch, os.fsencode(folder), 0x100) >= 0  # IN_CREATE
    return watch


def made_in(watch):
    with os.fdopen(watch, "rb", buffering=0) as events:
        return events.read() or b""


def saved(folder, page):
    folder.add(page, 150)
    return folder.pages[-1]


def test_pages_are_kept_in_memory_alone(tmp_path):
    assert not memory.holds(tmp_path)
    with pytest.raises(DeviceError, match="not in memory"):
        PageFolder(tmp_path)


def test_pages_are_moved_removed_and_wiped(run_dir):
    folder = PageFolder(run_dir)
    first, second, third = (saved(folder, letter(lines=number)) for number in (1, 2, 3))
    folder.move(3, 1)
    folder.remove(2)
    assert folder.pages == (third, second)
    assert not first.exists()
    folder.wipe()
    assert not folder.path.exists()


def test_only_their_owner_may_look(run_dir):
    assert PageFolder(run_dir).path.stat().st_mode & 0o777 == 0o700


def test_pages_become_one_pdf_under_the_limit(run_dir):
    folder = PageFolder(run_dir)
    for _ in range(3):
        saved(folder, letter())
    made = bind(folder.pages, 1_000_000)
    with pikepdf.open(BytesIO(made.data)) as pdf:
        width_points = float(pdf.pages[0].mediabox[2])
        assert (len(pdf.pages), round(width_points / 72 * 25.4)) == (3, 210)


def test_binding_writes_nothing_beside_the_pages(run_dir):
    """The memory may be full, and the session may end meanwhile."""
    folder = PageFolder(run_dir)
    page = saved(folder, letter())
    watch = inotify(folder.path)
    assert bind((page,), 1_000_000).data.startswith(b"%PDF")
    assert made_in(watch) == b""


def with_photographs(folder, count):
    for _ in range(count):
        page = letter(lines=8)
        page.paste(Image.effect_noise((900, 900), 60).filter(ImageFilter.GaussianBlur(1)), (150, 700))
        folder.add(page, 200)


def test_pages_of_photographs_become_plainer_step_by_step_and_that_is_said(run_dir):
    folder = PageFolder(run_dir)
    with_photographs(folder, 2)
    whole = bind(folder.pages, 10_000_000)
    assert (whole.quality, whole.finest_dpi, whole.is_plainer) == (75, 300, False)
    steps, limit = [], round(len(whole.data) * 0.98)  # its identifier is not always as long
    while isinstance(made := bind(folder.pages, limit), Bound):
        assert len(made.data) <= limit
        steps.append((made.quality, made.finest_dpi, made.is_plainer))
        limit = round(len(made.data) * 0.98)
    assert made is NotBound.TOO_LARGE
    # At 200 dpi the second step, which makes 300 dpi coarser, changes nothing.
    assert steps == [(60, 200, True), (45, 200, True), (45, 150, True), (30, 150, True), (20, 150, True)], steps


def test_without_pages_there_is_no_pdf():
    assert bind((), 5_000) is NotBound.NO_PAGES


def test_a_pdf_has_the_pages_in_their_order_turned_and_without_those_removed(run_dir):
    folder = PageFolder(run_dir)
    for width in (400, 500, 600, 700):
        folder.add(Image.new("L", (width, 1000), 200), 100)
    folder.move(4, 1)
    folder.remove(2)
    folder.turn(3)
    with pikepdf.open(BytesIO(bind(folder.pages, 1_000_000).data)) as pdf:
        sizes = [(float(page.mediabox[2]), float(page.mediabox[3])) for page in pdf.pages]
    assert sizes == [pytest.approx(each, abs=1) for each in [(504, 720), (360, 720), (720, 432)]]


def test_a_text_that_does_not_fit_is_left_out_and_that_is_said(run_dir):
    assert can_read()
    folder = PageFolder(run_dir)
    saved(folder, letter(lines=3))
    plain = bind(folder.pages, 1_000_000)
    read = bind(folder.pages, 1_000_000, searchable=True)
    assert (plain.searchable, read.searchable) == (False, True)
    assert not bind(folder.pages, len(read.data) - 1, searchable=True).searchable


@pytest.mark.prove
def test_a_searchable_pdf_holds_the_words(run_dir):
    assert can_read()
    folder = PageFolder(run_dir)
    saved(folder, letter(lines=8))
    made = bind(folder.pages, 2_000_000, searchable=True)
    (run_dir / "a.pdf").write_bytes(made.data)
    read = subprocess.run(["pdftotext", run_dir / "a.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert "Attestation de domicile établie à Marcenat" in " ".join(read.split())

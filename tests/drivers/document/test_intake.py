"""A page as the scanner gives it, whatever it was told, becomes a grey one; what is none is refused."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.document import intake, raw
from drivers.document.intake import TornPageError, take_in
from drivers.document.options import parse
from drivers.document.orders import orders

SIZE = (96, 130)


def head_of(kind, size=SIZE, most=b"255\n"):
    return b"P%d\n# SANE data follows\n%d %d\n" % (kind, *size) + most


def taken(folder, data, dpi=100.0):
    page = folder.path / "scan-0001.pnm"
    page.write_bytes(data)
    take_in(page, dpi, folder)
    assert not page.exists()
    with Image.open(folder.pages[-1]) as kept:
        return kept.mode, kept.size, kept.convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


def test_grey_is_kept_as_it_is(folder):
    assert taken(folder, head_of(5) + bytes([200]) * (96 * 130)) == ("L", SIZE, 200)


def test_colour_though_grey_was_asked_becomes_grey(folder):
    assert taken(folder, head_of(6) + bytes([255, 0, 0]) * (96 * 130)) == ("L", SIZE, pytest.approx(76, abs=1))


def test_sixteen_bits_though_eight_were_asked_become_eight(folder):
    assert taken(folder, head_of(5, most=b"65535\n") + bytes([90, 255]) * (96 * 130)) == ("L", SIZE, 90)
    assert taken(folder, head_of(6, most=b"65535\n") + bytes([90, 255]) * (3 * 96 * 130))[2] == 90


def test_black_and_white_becomes_grey(folder):
    assert taken(folder, head_of(4, most=b"") + bytes(12 * 130)) == ("L", SIZE, 255)
    assert taken(folder, head_of(4, most=b"") + b"\xff" * (12 * 130))[2] == 0


def test_what_is_finer_than_needed_is_made_coarser(folder):
    assert taken(folder, head_of(5) + bytes([200]) * (96 * 130), dpi=599) == ("L", (48, 65), 200)


def test_a_scanner_that_tells_no_resolution_is_taken_to_scan_a4(folder):
    taken(folder, head_of(5, (827, 200)) + bytes(827 * 200), dpi=None)
    with Image.open(folder.pages[-1]) as kept:
        assert kept.info["dpi"] == (100, 100)


@given(
    st.integers(1, 300),
    st.integers(1, 300),
    st.sampled_from([(4, 0), (5, 1), (5, 2), (6, 1), (6, 2)]),
    st.integers(1, 3),
)
def test_pages_of_any_size_and_kind_are_read_as_pillow_reads_them(width, height, kind, factor):
    number, level_bytes = kind
    data = head_of(number, (width, height), {0: b"", 1: b"255\n", 2: b"65535\n"}[level_bytes])
    found = raw.head(data, 10**9)
    levels = bytes(7 * at % 256 for at in range(found.row_bytes)) * height
    before, intake._STRIP_PX = intake._STRIP_PX, 1000
    grey = intake._grey(io.BytesIO(data + levels), found, factor)
    intake._STRIP_PX = before
    assert grey.size == (-(-width // factor), -(-height // factor))
    if level_bytes < 2:
        with Image.open(io.BytesIO(data + levels)) as whole:
            assert grey.tobytes() == whole.convert("L").reduce(factor).tobytes()


@pytest.mark.parametrize(
    "data",
    [b"", b"P5", b"P5 96 130 255 ", b"P5 96 130 15 " + bytes(20_000), b"P2 1 1 255 0 ", b"P5 " + b" " * 190 + b"x"],
)
def test_what_is_no_whole_page_is_refused(folder, data):
    with pytest.raises(TornPageError):
        taken(folder, data)
    assert list(folder.path.iterdir()) == []


@pytest.mark.parametrize("head", [b"P5 2 3 255 ", b"P5\n#a\n2 3\n255\n", b"P5\n2\n# b\n3\n#c 9\n#d\n255\n"])
def test_remarks_in_a_head_are_passed_over(head):
    found = raw.head(head, len(head) + 6)
    assert (found.width, found.height, found.begins_at) == (2, 3, len(head))


def test_a_page_that_ends_early_because_memory_is_full_is_told_apart(tmp_path):
    """A small memory of its own takes a namespace, which is a process's."""
    program = """
import sys; from pathlib import Path
from drivers.document.intake import NoRoomError, take_in
from drivers.document.pages import PageFolder
folder = PageFolder(Path(sys.argv[1])); page = folder.path / "scan-0001.pnm"
try:
    page.write_bytes(b"P5 1000 1000 255 " + bytes(1_000_000))
except OSError:
    pass
try:
    take_in(page, 200, folder)
except NoRoomError:
    print("no room", list(folder.path.iterdir()))
"""
    mount = f"mount -t tmpfs -o size=400k none {tmp_path} && exec {sys.executable} -c '{program}' {tmp_path}"
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("no room []\n", "")


def test_a_page_of_a4_in_colour_at_600_dpi_takes_little_memory(run_dir):
    """Held whole, its colours alone would take 139 MB."""
    program = """
import resource, sys; from pathlib import Path
from PIL import Image, ImageFilter
from drivers.document.intake import take_in
from drivers.document.pages import PageFolder
folder = PageFolder(Path(sys.argv[1])); page = folder.path / "scan-0001.pnm"
with page.open("wb") as file:
    file.write(b"P6 4961 7016 255 ")
    for _ in range(7016):
        file.write(b"\\xf0" * 3 * 4961)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
take_in(page, 600, folder)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program, run_dir], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 80_000


@pytest.mark.parametrize(
    ("offered", "told"), [("1|8|16 [16]", ["--depth", "8"]), ("1..16 [16]", ["--depth", "8"]), ("10|16 [16]", [])]
)
def test_a_scanner_that_has_eight_bits_is_told_so(offered, told):
    assert orders(parse(f"    --depth {offered}")) == told

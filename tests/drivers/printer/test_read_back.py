"""A paper is read as it was written, by a reader who knows nothing of it: tesseract."""

from __future__ import annotations

import io
import subprocess
from difflib import SequenceMatcher

import pytest
from PIL import Image, ImageOps
from receipts import RECEIPTS

from drivers.printer.drawing import ruler
from drivers.printer.encode import encode, encode_cut
from drivers.printer.laid import Drawn, Line, Paper
from drivers.printer.layout import lay_out
from drivers.printer.profile import PROFILES
from drivers.simulated.interpreter import EscPosInterpreter


def picture_of(receipt, paper, profile):
    cut = []
    EscPosInterpreter(paper.dots, cut.append).receive(
        encode(lay_out(receipt, paper, profile, ruler()), paper, profile) + encode_cut(profile)
    )
    return ImageOps.expand(ImageOps.invert(cut[0].ink().convert("L")), 40, 255)


def read(picture):
    larger = picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)
    page = io.BytesIO()
    larger.save(page, "PNG")
    command = ["tesseract", "-", "-", "-l", "fra", "--psm", "6", "--dpi", "300"]
    return subprocess.run(command, input=page.getvalue(), capture_output=True, check=True).stdout.decode()


@pytest.mark.prove
@pytest.mark.parametrize("paper", Paper, ids=lambda paper: f"{paper.value}mm")
@pytest.mark.parametrize("name", ["generic", "epson-tm-t88", "pictures-only"])
def test_a_french_paper_is_read_as_it_was_written(name, paper):
    profile = PROFILES[name]
    laid = lay_out(RECEIPTS["fr"], paper, profile, ruler())
    written = " ".join(piece.text for piece in laid if isinstance(piece, Line | Drawn)).split()
    seen = read(picture_of(RECEIPTS["fr"], paper, profile)).split()
    matched = sum(block.size for block in SequenceMatcher(None, written, seen, autojunk=False).get_matching_blocks())
    # What is not read as written: typographic apostrophes, tick boxes and bullets, and the full stop behind a date.
    assert matched / len(written) > 0.85

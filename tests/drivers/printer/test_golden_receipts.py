"""Receipts in five languages on both papers: as lines, as bytes, and as the picture which those bytes print.

`python tests/drivers/printer/test_golden_receipts.py` writes the golden files anew; read the difference, and look at
the pictures, before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter
from receipts import ADDRESS, RECEIPTS, WHERE

from drivers.printer.drawing import ruler
from drivers.printer.encode import encode, encode_cut
from drivers.printer.laid import Bars, Code, Dots, Drawn, Gap, Laid, Line, Paper, Stroke
from drivers.printer.layout import lay_out
from drivers.printer.letters import NO_BREAK_SPACE
from drivers.printer.profile import GENERIC, PROFILES
from drivers.simulated.interpreter import EscPosInterpreter

GOLDEN = Path(__file__).parent / "golden"
EPSON = PROFILES["epson-tm-t20"]
# Ukrainian is the one whose look depends on the printer: in its own letters here, drawn there.
PRINTED = [*((language, GENERIC) for language in RECEIPTS), ("uk", EPSON)]

each = pytest.mark.parametrize(
    ("language", "profile"), PRINTED, ids=[f"{language}-{profile.name}" for language, profile in PRINTED]
)
papers = pytest.mark.parametrize("paper", Paper, ids=lambda paper: f"{paper.value}mm")


def as_seen(data, paper) -> Image.Image:
    """Return the dots of the paper, black on white."""
    return ImageChops.invert(printed(data, paper).ink().convert("L")).convert("1")


def golden(language, profile, paper, kind) -> Path:
    return GOLDEN / f"{language}-{profile.name}-{paper.value}mm.{kind}"


def laid_of(language, profile, paper):
    return lay_out(RECEIPTS[language], paper, profile, ruler())


def bytes_of(language, profile, paper):
    return encode(laid_of(language, profile, paper), paper, profile) + encode_cut(profile)


def as_text(laid: tuple[Laid, ...]) -> str:
    return "".join(f"{_as_line(piece)}\n" for piece in laid)


def _as_line(piece: Laid) -> str:  # noqa: PLR0911  (one arm for each piece)
    match piece:
        case Line(text, style, page):
            bold = "b" if style.bold else " "
            return f"{bold}{style.font.name}{style.times_wide}x{style.times_high} {page} |{text}|"
        case Drawn(text, style, mark, inset, from_right, centred):
            side = "centre" if centred else "right" if from_right else "left"
            return f"drawn from {side} at {inset} {mark}|{text}|{' bold' if style.bold else ''}"
        case Gap(dots):
            return f"gap {dots}"
        case Stroke(dots):
            return f"stroke {dots}"
        case Code(content, dots):
            return f"code of {dots} dots {content}"
        case Bars(content, dots, height):
            return f"bars of {dots} dots, {height} high, {content}"
        case Dots(raster):
            return f"picture of {raster.width_dots} x {raster.height_dots} dots"


def printed(data: bytes, paper: Paper):
    cut = []
    interpreter = EscPosInterpreter(paper.dots, cut.append)
    interpreter.receive(data)
    assert interpreter.unknown == []
    (roll,) = cut
    return roll


@papers
@each
def test_the_receipt_is_laid_as_it_was(language, profile, paper):
    said = as_text(laid_of(language, profile, paper))
    assert said == golden(language, profile, paper, "txt").read_text(encoding="utf-8")


@papers
@each
def test_the_receipt_is_sent_as_it_was(language, profile, paper):
    assert bytes_of(language, profile, paper) == golden(language, profile, paper, "bin").read_bytes()


@papers
@each
def test_the_receipt_looks_as_it_did(language, profile, paper):
    seen = as_seen(golden(language, profile, paper, "bin").read_bytes(), paper)
    with Image.open(golden(language, profile, paper, "png")) as looked:
        assert ImageChops.logical_xor(seen, looked.convert("1")).getbbox() is None


@papers
@each
def test_the_paper_says_what_was_laid(language, profile, paper):
    said = [piece.text for piece in laid_of(language, profile, paper) if isinstance(piece, Line)]
    roll = printed(golden(language, profile, paper, "bin").read_bytes(), paper)
    assert roll.text_lines == [line.replace(NO_BREAK_SPACE, " ") for line in said]


@papers
@each
def test_codes_are_read_from_the_paper_though_it_is_worn_and_tilted(language, profile, paper):
    picture = printed(golden(language, profile, paper, "bin").read_bytes(), paper).picture()
    worn = picture.filter(ImageFilter.GaussianBlur(1.5)).rotate(3, Image.Resampling.BICUBIC, fillcolor="white")
    wanted = {ADDRESS} if language == "fr" else {WHERE}
    assert {found.text for found in zxingcpp.read_barcodes(worn, formats=zxingcpp.BarcodeFormat.QRCode)} == wanted
    bars = {found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.Code128)}
    assert bars == (set() if language == "fr" else {"RDV-4711"})


@papers
@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
@pytest.mark.parametrize("language", RECEIPTS)
def test_no_model_leaves_a_letter_or_a_code_out(language, profile, paper):
    laid = laid_of(language, profile, paper)
    assert not any("?" in piece.text for piece in laid if isinstance(piece, Line | Drawn))
    roll = printed(encode(laid, paper, profile) + b"\x1dV\x00", paper)
    found = {found.text for found in zxingcpp.read_barcodes(roll.picture())}
    assert {ADDRESS if language == "fr" else WHERE} <= found


if __name__ == "__main__":
    for each_language, each_profile in PRINTED:
        for each_paper in Paper:
            here = (each_language, each_profile, each_paper)
            golden(*here, "txt").write_text(as_text(laid_of(*here)), encoding="utf-8")
            golden(*here, "bin").write_bytes(bytes_of(*here))
            as_seen(bytes_of(*here), each_paper).save(golden(*here, "png"), optimize=True)

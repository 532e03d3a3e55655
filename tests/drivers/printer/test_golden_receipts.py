"""One receipt on both papers: as lines, as bytes, and as the picture which those bytes print.

`python tests/drivers/test_golden_receipts.py` writes the golden files anew; read the difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageFilter
from receipts import ADDRESS, MOVING

from drivers.printer.encode import encode, encode_cut
from drivers.printer.laid import Code, Gap, Laid, Line, Paper, Stroke
from drivers.printer.layout import lay_out
from drivers.printer.letters import NO_BREAK_SPACE
from drivers.simulated.interpreter import EscPosInterpreter

GOLDEN = Path(__file__).parent / "golden"


def golden(paper: Paper, kind: str) -> Path:
    return GOLDEN / f"moving-{paper.value}mm.{kind}"


def as_text(laid: tuple[Laid, ...]) -> str:
    lines = []
    for piece in laid:
        match piece:
            case Line(text, style):
                mark = f"{'b' if style.bold else ' '}{style.font.name}{style.times_wide}x{style.times_high}"
                lines.append(f"{mark} |{text}|")
            case Gap(dots):
                lines.append(f"gap {dots}")
            case Stroke(dots):
                lines.append(f"stroke {dots}")
            case Code(content, dots):
                lines.append(f"code of {dots} dots {content}")
    return "\n".join(lines) + "\n"


def printed(data: bytes, paper: Paper):
    papers = []
    interpreter = EscPosInterpreter(paper.dots, papers.append)
    interpreter.receive(data)
    assert interpreter.unknown == []
    (roll,) = papers
    return roll


@pytest.mark.parametrize("paper", Paper)
def test_the_receipt_is_laid_as_it_was(paper):
    assert as_text(lay_out(MOVING, paper)) == golden(paper, "txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("paper", Paper)
def test_the_receipt_is_sent_as_it_was(paper):
    assert encode(lay_out(MOVING, paper), paper) + encode_cut() == golden(paper, "bin").read_bytes()


@pytest.mark.parametrize("paper", Paper)
def test_the_paper_says_what_was_laid(paper):
    laid = [piece.text for piece in lay_out(MOVING, paper) if isinstance(piece, Line)]
    roll = printed(golden(paper, "bin").read_bytes(), paper)
    assert roll.text_lines == [line.replace(NO_BREAK_SPACE, " ") for line in laid]


@pytest.mark.parametrize("paper", Paper)
def test_the_code_on_the_paper_leads_to_the_official_address(paper):
    picture = printed(golden(paper, "bin").read_bytes(), paper).picture()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [ADDRESS]


@pytest.mark.parametrize("paper", Paper)
def test_a_worn_and_tilted_code_is_still_read(paper):
    picture = printed(golden(paper, "bin").read_bytes(), paper).picture()
    worn = picture.filter(ImageFilter.GaussianBlur(1.5)).rotate(3, Image.Resampling.BICUBIC, fillcolor="white")
    assert [found.text for found in zxingcpp.read_barcodes(worn)] == [ADDRESS]


if __name__ == "__main__":
    for each in Paper:
        golden(each, "txt").write_text(as_text(lay_out(MOVING, each)), encoding="utf-8")
        golden(each, "bin").write_bytes(encode(lay_out(MOVING, each), each) + encode_cut())

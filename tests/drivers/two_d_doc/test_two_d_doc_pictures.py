"""From a code on paper to a verdict: through a camera's picture, and through the program that trains with it."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from drivers.simulated.two_d_doc_authority import Spoilt, picture
from drivers.simulated.two_d_doc_specimens import SPECIMENS
from drivers.two_d_doc import certificate_list
from drivers.two_d_doc.check import check
from drivers.two_d_doc.verdict import Verdict

TODAY = date(2026, 11, 24)
SIGNED = date(2025, 2, 18)
IMPORTS = """
import sys, time
begun_s = time.perf_counter()
import drivers.two_d_doc.check, drivers.two_d_doc.certificate_list
print(time.perf_counter() - begun_s, {"tddoc", "cryptography", "defusedxml"} & set(sys.modules))
"""


def seen(code, change):
    """Return what a camera reads of the code, printed on a page that it sees changed."""
    printed = Image.open(io.BytesIO(picture(code)))
    page = Image.new("L", (printed.width + 400, printed.height + 400), 255)
    page.paste(printed, (200, 200))
    [read] = zxingcpp.read_barcodes(change(page), formats=zxingcpp.BarcodeFormat.DataMatrix)
    return read.bytes


CHANGES = {
    "straight": lambda page: page,
    "blurred": lambda page: page.filter(ImageFilter.GaussianBlur(1.5)),
    "tilted": lambda page: page.rotate(3, fillcolor=255, resample=Image.Resampling.BICUBIC),
    "both": lambda page: page.rotate(3, fillcolor=255).filter(ImageFilter.GaussianBlur(1.2)),
    "small": lambda page: page.resize((page.width * 3 // 4, page.height * 3 // 4)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("paper", ["tax-notice", "proof-of-address"])
def test_a_paper_is_genuine_as_a_camera_sees_it(authority, believed, paper, change):
    code = authority.issue(SPECIMENS[paper], SIGNED)
    assert seen(code, CHANGES[change]) == code
    assert check(code, believed, TODAY).verdict is Verdict.GENUINE


def test_a_raw_signature_comes_through_a_picture_byte_for_byte(authority, believed):
    code = authority.issue(SPECIMENS["bill"], SIGNED, version=1)
    assert seen(code, CHANGES["tilted"]) == code
    assert check(code, believed, TODAY).verdict is Verdict.GENUINE


def test_the_training_program_issues_papers_of_every_verdict(tmp_path):
    expected = {
        "": Verdict.GENUINE,
        Spoilt.ALTERED.value: Verdict.ALTERED,
        Spoilt.UNKNOWN.value: Verdict.UNKNOWN_ISSUER,
        Spoilt.EXPIRED.value: Verdict.EXPIRED_CERTIFICATE,
        Spoilt.OLD.value: Verdict.GENUINE_LONG_AGO,
    }
    command = [sys.executable, "-m", "drivers.simulated.two_d_doc_authority", "--certificates", str(tmp_path)]
    orders = "".join(f"issue {paper} {spoilt}\n" for paper in SPECIMENS for spoilt in expected)
    said = subprocess.run(command, input=orders, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0] == f"ready {tmp_path}"
    believed, today = certificate_list.read(tmp_path), datetime.now(UTC).date()
    codes = [bytes.fromhex(line.removeprefix("code ")) for line in said[1:]]
    assert [check(code, believed, today).verdict for code in codes] == [*expected.values()] * len(SPECIMENS)


def test_the_training_program_draws_a_paper_and_names_what_it_does_not_know(tmp_path):
    command = [sys.executable, "-m", "drivers.simulated.two_d_doc_authority", "--certificates", str(tmp_path)]
    orders = (
        f"picture payslip {tmp_path}/p.png\npicture payslip altered /nowhere/p.png\nissue nothing\nissue payslip x\n\n"
    )
    said = subprocess.run(command, input=orders, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[1:] == [
        f"picture {tmp_path}/p.png",
        "cannot write it: No such file or directory",
        "unknown: issue nothing",
        "unknown: issue payslip x",
        "unknown: ",
    ]
    assert zxingcpp.read_barcode(Image.open(tmp_path / "p.png")).bytes.startswith(b"DC04FR99TST1")


def test_nothing_heavy_is_imported_before_a_paper_comes():
    said = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True).stdout
    elapsed_s, heavy = said.split(" ", 1)
    assert heavy.strip() == "set()"
    assert float(elapsed_s) < 1

"""Pages are set upright and cut to their paper, and no paper loses anything of itself."""

from __future__ import annotations

import pytest
import scans
from PIL import Image

from drivers.document import sheet
from drivers.document import straighten as straighten_module
from drivers.document.straighten import skew_degrees, straighten

WHITE, GREY, DARK = 255, 215, 20
ALL_TILTS = (-5.0, -3.7, -2.3, -1.2, -0.6, -0.3, 0.0, 0.3, 0.6, 1.2, 2.3, 3.7, 5.0)
SHEETS = [scans.page_of_text, scans.sparse_letter, scans.form_in_a_frame, scans.page_with_a_photograph, scans.blank]


def tilts(*some):
    return pytest.mark.parametrize(
        "degrees", [*some, *(pytest.param(each, marks=pytest.mark.prove) for each in ALL_TILTS)]
    )


def lies_straight(page):
    return skew_degrees(page) == pytest.approx(0.0, abs=0.25)


@tilts(-5.0)
@pytest.mark.parametrize("drawn", SHEETS)
def test_a_paper_under_a_white_lid_keeps_its_whole_sheet(drawn, degrees):
    page = straighten(scans.scan(drawn(), degrees), scans.DPI)
    assert scans.size_mm(page) == scans.BED_MM
    assert drawn is scans.blank or lies_straight(page)


@pytest.mark.parametrize("degrees", [-1.2, 3.7])
@pytest.mark.parametrize("drawn", [each for each in SHEETS if each is not scans.blank])
def test_how_far_a_paper_lies_askew_is_seen_by_its_lines_also_beside_a_photograph(drawn, degrees):
    assert skew_degrees(scans.scan(drawn(), degrees)) == pytest.approx(-degrees, abs=0.2)


@pytest.mark.parametrize("drawn", [scans.sparse_letter, scans.blank])
def test_a_sheet_as_large_as_a_dark_bed_is_turned_by_its_edges(drawn):
    scan = scans.scan(drawn(), -3.0, DARK)
    assert straighten_module._lines_degrees(scan, *sheet.cells(scan, scans.DPI), scans.DPI) == pytest.approx(3, abs=0.2)


def test_a_photograph_alone_is_not_turned():
    assert skew_degrees(scans.photograph(210, 297)) == 0.0
    assert skew_degrees(Image.effect_noise((scans.px(210), scans.px(297)), 90)) == 0.0


@tilts(1.2)
@pytest.mark.parametrize("drawn", SHEETS)
def test_a_paper_under_a_dark_lid_is_cut_to_its_sheet_and_turned_by_its_edges(drawn, degrees):
    page = straighten(scans.scan(drawn(), degrees, DARK, scans.BED_WITH_ROOM_MM), scans.DPI)
    assert scans.size_mm(page) == pytest.approx((210, 297), abs=2)
    assert drawn is scans.blank or lies_straight(page)


@tilts(-0.6, 5.0)
@pytest.mark.parametrize(
    ("drawn", "lid"), [(scans.card, WHITE), (scans.card, DARK), (scans.receipt, DARK), (scans.receipt, GREY)]
)
def test_a_small_thing_is_cut_out_and_turned_within_a_fifth_of_a_degree(drawn, lid, degrees):
    scan = scans.scan(drawn(), degrees, lid)
    page = straighten(scan, scans.DPI)
    assert scans.size_mm(page) == pytest.approx(scans.size_mm(drawn()), abs=2)
    assert sheet.skew_degrees(scans.middle_of(scan, drawn()), sheet.Lid(lid)) == pytest.approx(-degrees, abs=0.2)


def test_a_receipt_as_white_as_the_lid_keeps_the_whole_page():
    receipt = scans.paper(80, 150, 22)
    assert scans.size_mm(straighten(scans.scan(receipt, 2.0), scans.DPI)) == scans.BED_MM


def test_a_torn_receipt_is_turned_by_its_long_edges():
    torn = scans.receipt()
    for step in range(8):  # its lower end hangs in teeth
        torn.paste(
            DARK, (scans.px(10 * step), scans.px(150 - 4 * (step % 3 + 1)), scans.px(10 * step + 10), scans.px(150))
        )
    page = straighten(scans.scan(torn, -2.0, DARK), scans.DPI)
    assert lies_straight(page)
    assert scans.size_mm(page)[0] == pytest.approx(80, abs=2)


def test_a_sheet_larger_than_the_bed_is_turned_and_loses_nothing():
    page = straighten(scans.scan(scans.page_of_text(), 5.0, DARK, (230, 330)), scans.DPI)
    middle = page.crop(
        tuple(round(part * side) for part, side in zip((0.2, 0.2, 0.8, 0.8), 2 * page.size, strict=True))
    )
    assert lies_straight(middle)
    assert page.width >= scans.px(230)


@pytest.mark.parametrize(
    "bands", [((0, 0, 1, 0.1), (0, 0.9, 1, 1)), ((0, 0, 1, 0.3),), ((0, 0, 1, 0.1), (0, 0, 0.04, 1))]
)
def test_bands_of_colour_are_a_part_of_the_paper(bands):
    page = scans.paper(210, 297, 30, top_mm=100)
    for left, top, right, bottom in bands:
        box = (
            round(left * page.width),
            round(top * page.height),
            round(right * page.width),
            round(bottom * page.height),
        )
        page.paste(60, box)
    assert straighten(page, scans.DPI).size == page.size


def test_a_lone_word_does_not_turn_its_page():
    word = scans.paper(210, 297, 1, letters=11).rotate(4, Image.Resampling.BICUBIC, fillcolor=255)
    assert straighten(word, scans.DPI).tobytes() == word.tobytes()


@pytest.mark.parametrize("size", [(1, 1), (3, 2000), (2000, 3), (16, 16)])
def test_a_scan_of_any_size_is_taken(size):
    assert straighten(Image.new("L", size, 128), 300).size == size

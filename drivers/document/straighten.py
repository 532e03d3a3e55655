"""A scanned page, set upright and cut to its paper. Adapter (Pillow).

A sheet that is seen against the lid is turned by its edges. Else the page stays whole, and is turned by its lines: the
angle is found by turning a small copy until its rows and columns of ink stand apart most sharply (the variance of
their sums: Postl, 1986), first by whole degrees, then finer. What has neither edges nor lines, a blank page or a
photograph, stays as it lies: its angle would be noise's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.document import sheet

if TYPE_CHECKING:
    from PIL import Image

_MOST_DEGREES = 6
_SMALL_PX = 640
_STEPS = (1.0, 0.25, 0.05)
_INK_LEVEL = 128
# Of the small copy's pixels: less ink than this is a blank page.
_LEAST_INK = 0.001
# How much sharper than on the average of all angles the best must be: noise gives 1.02, three lines of text 1.5.
_LEAST_SHARPNESS = 1.15
# Turning by less than this blurs more than it mends.
_LEAST_DEGREES = 0.15
# Lines shorter than this say little about the angle: a word, a stamp, a signature.
_LEAST_LINES_MM = 50.0
_AROUND_MM = 5.0
# By how much ink is darker than what is around it, and how far that is looked at.
_INK_CONTRAST = 40
_AROUND_PX = 6
_WHITE = 255


def straighten(page: Image.Image, dpi: float) -> Image.Image:
    """Return a grey page upright, and without what is not its paper."""
    coarse, cell_px = sheet.cells(page, dpi)
    behind = sheet.lid(coarse)
    if behind is not None and (box := sheet.find(coarse, behind)) is not None:
        around = page.crop(_grown(box, cell_px, round(_AROUND_MM / 25.4 * dpi), page.size))
        if (alone := _cut_out(around, dpi, behind)) is not None:
            return alone
    return _turned_whole(page, _lines_degrees(page, coarse, cell_px, dpi), behind)


def skew_degrees(page: Image.Image) -> float:
    """Return by how much to turn a grey page (counter-clockwise) so that its lines lie level."""
    ink = _printed(page)
    if ink.histogram()[255] < _LEAST_INK * ink.width * ink.height:
        return 0.0
    half = ink.reduce(2)  # whole degrees are seen on a quarter of the pixels
    whole = {float(angle): _sharpness(half, angle) for angle in range(-_MOST_DEGREES, _MOST_DEGREES + 1)}
    best = max(whole, key=lambda angle: whole[angle])
    if whole[best] < _LEAST_SHARPNESS * sum(whole.values()) / len(whole):
        return 0.0
    for step, wider in zip(_STEPS[1:], _STEPS, strict=False):
        count = round(wider / step)
        tried = [best + step * place for place in range(-count, count + 1)]
        best = max(tried, key=lambda angle: _sharpness(ink, angle))
    return round(best, 2)


def _cut_out(around: Image.Image, dpi: float, behind: sheet.Lid) -> Image.Image | None:
    """Return the sheet alone, upright; None where it is none."""
    small = around.copy()
    small.thumbnail((_SMALL_PX, _SMALL_PX))
    degrees = sheet.skew_degrees(small, behind)
    if degrees is None:
        return None
    turned = _turned(around, degrees, behind.level)
    coarse, cell_px = sheet.cells(turned, dpi)
    box = sheet.cut(coarse, behind)
    return turned.crop(_grown(box, cell_px, 0, turned.size)) if box is not None else None


def _lines_degrees(page: Image.Image, coarse: Image.Image, cell_px: int, dpi: float) -> float:
    """Return by how much to turn a page by its lines, looked at without what is empty around them."""
    if sheet.shows_dark_lid(coarse):  # a sheet as large as the bed and askew: its edges are before the lid's wedges
        return skew_degrees(page)
    box = _inked(coarse)
    if box is None or max(box[2] - box[0], box[3] - box[1]) * cell_px < _LEAST_LINES_MM / 25.4 * dpi:
        return 0.0
    return skew_degrees(page.crop(_grown(box, cell_px, round(_AROUND_MM / 25.4 * dpi), page.size)))


def _turned_whole(page: Image.Image, degrees: float, behind: sheet.Lid | None) -> Image.Image:
    """Return a page turned, as large as it was, or larger where ink would be lost."""
    level = behind.level if behind is not None else _WHITE
    turned = _turned(page, degrees, level)
    if turned.size == page.size:
        return turned
    left, top = (turned.width - page.width) // 2, (turned.height - page.height) // 2
    right, bottom = left + page.width, top + page.height
    inked = turned.point(lambda each: 255 if abs(each - level) > _INK_LEVEL else 0).getbbox()
    if inked is not None:
        left, top = min(left, inked[0]), min(top, inked[1])
        right, bottom = max(right, inked[2]), max(bottom, inked[3])
    return turned.crop((left, top, right, bottom))


def _turned(page: Image.Image, degrees: float, around: int) -> Image.Image:
    if abs(degrees) < _LEAST_DEGREES:
        return page
    return page.rotate(degrees, _bicubic(), expand=True, fillcolor=around)


def _inked(coarse: Image.Image) -> sheet.Box | None:
    # A cell of fine print is grey as a whole.
    return coarse.point(lambda level: 255 if level < _INK_LEVEL + 80 else 0).getbbox()


def _grown(box: sheet.Box, cell_px: int, by_px: int, size: tuple[int, int]) -> sheet.Box:
    """Return a box of cells in pixels, grown on all sides, but not beyond the page."""
    left, top, right, bottom = (edge * cell_px for edge in box)
    return max(left - by_px, 0), max(top - by_px, 0), min(right + by_px, size[0]), min(bottom + by_px, size[1])


def _printed(page: Image.Image) -> Image.Image:
    """Return what is darker than what is around it, small: lines and edges are, the inside of a photograph is not."""
    from PIL import ImageChops, ImageFilter  # noqa: PLC0415  (late: only where something was scanned)

    small = page.copy()
    small.thumbnail((_SMALL_PX, _SMALL_PX))
    darker = ImageChops.subtract(small.filter(ImageFilter.BoxBlur(_AROUND_PX)), small)
    return darker.point(lambda level: 255 if level > _INK_CONTRAST else 0)


def _sharpness(ink: Image.Image, degrees: float) -> float:
    # What comes into the corners is as dense as the rest: a dense picture would be sharpest where it is turned most.
    around = ink.reduce(ink.size).tobytes()[0]
    turned = ink.rotate(degrees, _bilinear(), fillcolor=around) if degrees else ink
    rows = turned.reduce((turned.width, 1)).tobytes()
    columns = turned.reduce((1, turned.height)).tobytes()
    return _variance(rows) * turned.width + _variance(columns) * turned.height


def _variance(sums: bytes) -> float:
    mean = sum(sums) / len(sums)
    return sum((each - mean) ** 2 for each in sums) / len(sums)


def _bicubic() -> Image.Resampling:
    from PIL import Image  # noqa: PLC0415  (late: only where something was scanned)

    return Image.Resampling.BICUBIC


def _bilinear() -> Image.Resampling:
    from PIL import Image  # noqa: PLC0415  (late: as above)

    return Image.Resampling.BILINEAR

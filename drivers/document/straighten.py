"""A scanned page, set upright and cut to its paper. Adapter (Pillow).

The angle is found by turning a small copy until its rows and columns of ink stand apart most sharply (the variance of
their sums: Postl, 1986), first by whole degrees, then finer. A page without lines, blank or a photograph, stays as it
lies: its angle would be noise's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
# Darker than this around the edges is a scanner's own background: paper is never so dark.
_DARK_LEVEL = 110
_PAPER_LEVEL = 140
_MARGIN_MM = 4.0
# A page whose ink takes more than this part of it is a whole sheet; less is a card, a receipt, a slip.
_WHOLE_SHEET = 0.4


def straighten(page: Image.Image, dpi: float) -> Image.Image:
    """Return a grey page upright, and without what is not its paper."""
    dark = has_dark_edges(page)
    angle = skew_degrees(page)
    if abs(angle) >= _LEAST_DEGREES:
        page = page.rotate(angle, _bicubic(), expand=True, fillcolor=0 if dark else 255)
    box = _bright_part(page) if dark else _inked_part(page, dpi)
    return page.crop(box) if box else page


def skew_degrees(page: Image.Image) -> float:
    """Return by how much to turn a grey page (counter-clockwise) so that its lines lie level."""
    small = page.copy()
    small.thumbnail((_SMALL_PX, _SMALL_PX))
    around = 255 if has_dark_edges(small) else 0
    ink = small.point(lambda level: 255 if level < _INK_LEVEL else 0)
    inked = sum(ink.histogram()[_INK_LEVEL:]) / (ink.width * ink.height)
    if not _LEAST_INK < inked < 1 - _LEAST_INK:
        return 0.0
    whole = {float(angle): _sharpness(ink, angle, around) for angle in range(-_MOST_DEGREES, _MOST_DEGREES + 1)}
    best = max(whole, key=lambda angle: whole[angle])
    if whole[best] < _LEAST_SHARPNESS * sum(whole.values()) / len(whole):
        return 0.0
    for step, wider in zip(_STEPS[1:], _STEPS, strict=False):
        count = round(wider / step)
        tried = [best + step * place for place in range(-count, count + 1)]
        best = max(tried, key=lambda angle: _sharpness(ink, angle, around))
    return round(best, 2)


def has_dark_edges(page: Image.Image) -> bool:
    """Say whether the paper lies on something dark, seen at least at three edges."""
    width, height = page.size
    thick = max(1, min(width, height) // 100)
    edges = (
        (0, 0, width, thick),
        (0, height - thick, width, height),
        (0, 0, thick, height),
        (width - thick, 0, width, height),
    )
    return sum(_mean(page.crop(edge)) < _DARK_LEVEL for edge in edges) >= 3  # noqa: PLR2004  (an edge may be covered)


def _sharpness(ink: Image.Image, degrees: float, around: int) -> float:
    turned = ink.rotate(degrees, _bicubic(), fillcolor=around) if degrees else ink
    rows = turned.reduce((turned.width, 1)).tobytes()
    columns = turned.reduce((1, turned.height)).tobytes()
    return _variance(rows) * turned.width + _variance(columns) * turned.height


def _variance(sums: bytes) -> float:
    mean = sum(sums) / len(sums)
    return sum((each - mean) ** 2 for each in sums) / len(sums)


def _bright_part(page: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of the paper on something dark: the rows and columns which are mostly bright."""
    bright = page.point(lambda level: 255 if level > _PAPER_LEVEL else 0)
    rows = bright.reduce((bright.width, 1)).tobytes()
    columns = bright.reduce((1, bright.height)).tobytes()
    top_bottom, left_right = _extent(rows), _extent(columns)
    if top_bottom is None or left_right is None:
        return None
    return left_right[0], top_bottom[0], left_right[1], top_bottom[1]


def _extent(sums: bytes) -> tuple[int, int] | None:
    """Return from where to where a projection is at least half as bright as it is at its brightest."""
    least = max(sums) // 2
    if least < 8:  # noqa: PLR2004  (of 255: there is no paper)
        return None
    above = [at for at, each in enumerate(sums) if each > least]
    return above[0], above[-1] + 1


def _inked_part(page: Image.Image, dpi: float) -> tuple[int, int, int, int] | None:
    """Return the box of what is printed on white, with a margin; None for a whole sheet, or a blank one."""
    from PIL import ImageFilter  # noqa: PLC0415  (late: only where something was scanned)

    coarse = max(1, round(dpi / 50))  # half a millimetre
    small = page.reduce(coarse) if min(page.size) > 4 * coarse else page
    # A speck of dust is alone: the filter takes it away.
    ink = small.point(lambda level: 255 if level < _INK_LEVEL + 80 else 0).filter(ImageFilter.MedianFilter(3))
    box = ink.getbbox()
    if box is None:
        return None
    scale, margin = page.width / small.width, _MARGIN_MM / 25.4 * dpi
    left, top, right, bottom = (edge * scale for edge in box)
    if (right - left) * (bottom - top) > _WHOLE_SHEET * page.width * page.height:
        return None
    return (
        max(round(left - margin), 0),
        max(round(top - margin), 0),
        min(round(right + margin), page.width),
        min(round(bottom + margin), page.height),
    )


def _mean(part: Image.Image) -> float:
    counts = part.histogram()
    return sum(level * count for level, count in enumerate(counts)) / max(1, sum(counts))


def _bicubic() -> Image.Resampling:
    from PIL import Image  # noqa: PLC0415  (late: only where something was scanned)

    return Image.Resampling.BICUBIC

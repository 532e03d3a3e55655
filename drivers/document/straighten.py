"""A scanned page, cropped to its paper and set upright. Adapter (Pillow).

The angle is found by turning a small copy until the rows of ink stand apart most sharply (the variance of the row
sums: Postl, 1986), first by whole degrees, then finer. Blank pages stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

_MOST_DEGREES = 6
_SMALL_PX = 600
_STEPS = (1.0, 0.25, 0.1)
_INK_LEVEL = 128
# Of the small copy's pixels: less ink than this is a blank page, whose angle would be noise's.
_LEAST_INK = 0.001
_MARGIN = 0.01


def straighten(page: Image.Image) -> Image.Image:
    """Return a grey page upright, and without the dark or empty edges around it."""
    grey = page.convert("L")
    angle = skew_degrees(grey)
    upright = grey.rotate(angle, _bicubic(), expand=True, fillcolor=255) if angle else grey
    box = _paper(upright)
    return upright.crop(box) if box else upright


def skew_degrees(page: Image.Image) -> float:
    """Return by how much to turn a grey page (counter-clockwise) so that its lines lie level."""
    small = page.copy()
    small.thumbnail((_SMALL_PX, _SMALL_PX))
    ink = small.point(lambda level: 255 if level < _INK_LEVEL else 0)
    if sum(ink.histogram()[128:]) < _LEAST_INK * ink.width * ink.height:
        return 0.0
    best = 0.0
    for step in _STEPS:
        reach = _MOST_DEGREES if step == _STEPS[0] else 4 * step
        count = round(reach / step)
        tried = [best + step * place for place in range(-count, count + 1)]
        best = max(tried, key=lambda angle: _sharpness(ink, angle))
    return round(best, 2)


def _sharpness(ink: Image.Image, degrees: float) -> float:
    turned = ink.rotate(degrees, _bicubic(), fillcolor=0)
    rows: list[int] = list(turned.reduce((turned.width, 1)).tobytes())
    mean = sum(rows) / len(rows)
    return sum((row - mean) ** 2 for row in rows)


def _paper(page: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of all that is not white, with a margin; None for a blank page."""
    box = page.point(lambda level: 255 if level < _INK_LEVEL + 80 else 0).getbbox()
    if box is None:
        return None
    margin = round(_MARGIN * max(page.size))
    left, top, right, bottom = box
    return (
        max(left - margin, 0),
        max(top - margin, 0),
        min(right + margin, page.width),
        min(bottom + margin, page.height),
    )


def _bicubic() -> Image.Resampling:
    from PIL import Image  # noqa: PLC0415  (late: only where something was scanned)

    return Image.Resampling.BICUBIC

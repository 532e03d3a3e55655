"""Where on a scan the sheet lies, seen against the scanner's lid. Adapter (Pillow).

A sheet is a surface which differs from the lid over all of its edges; ink is not, so that a letter on a white lid is
never taken for its text. Where no surface is seen there is no sheet to be cut out: what is cut by mistake is lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import linear_regression, median
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    Box: TypeAlias = tuple[int, int, int, int]

# Everything is looked at in cells of this size: noise and letters are less than a surface.
_CELL_MM = 0.5
# By how many levels (of 255) a cell differs which is no lid.
_UNLIKE_LEVELS = 10
_UNIFORM_SHARE = 0.9
_DARK_LID_LEVEL = 110
_SHOWN_TOGETHER = ({"left", "right"}, {"left", "bottom"}, {"right", "bottom"})
# Behind an edge of a sheet lies paper for at least so many cells, along so much of the edge.
_RIM_CELLS = 4
_EDGE_SHARE = 0.85
_LEAST_CELLS = 40
# On a light lid a large tinted area may be a part of the sheet: only what is small is cut out, a card or a receipt.
_SMALL_SHARE = 0.4
# Two opposite edges that differ more than this are torn, or no edges.
_AGREE_DEGREES = 0.4
_MOST_DEGREES = 8.0
_OFF_LINE_PX = 3


@dataclass(frozen=True, slots=True)
class Lid:
    """What lies behind the paper."""

    level: int

    @property
    def dark(self) -> bool:
        """Whether it is dark: paper never is at its edges."""
        return self.level < _DARK_LID_LEVEL


def cells(page: Image.Image, dpi: float) -> tuple[Image.Image, int]:
    """Return a grey page in cells, without specks of dust, and how many pixels a cell is wide."""
    from PIL import ImageFilter  # noqa: PLC0415  (late: only where something was scanned)

    size_px = max(1, min(round(dpi * _CELL_MM / 25.4), min(page.size) // 8))
    return page.reduce(size_px).filter(ImageFilter.MedianFilter(3)), size_px


def lid(coarse: Image.Image) -> Lid | None:
    """Return the lid as it shows at two sides of a scan or more; None where there is none to be seen."""
    width, height = coarse.size
    strips = {
        "left": coarse.crop((0, 0, 2, height)),
        "right": coarse.crop((width - 2, 0, width, height)),
        "top": coarse.crop((0, 0, width, 2)),
        "bottom": coarse.crop((0, height - 2, width, height)),
    }
    levels = {side: level for side, strip in strips.items() if (level := _uniform(strip)) is not None}
    # A lid is darker than paper, or as white.
    for level in sorted(set(levels.values())):
        sides = {side for side, each in levels.items() if abs(each - level) <= _UNLIKE_LEVELS}
        # A paper lies at the head of the bed, or is drawn in along it; other bands of colour are the paper's own.
        if any(pair <= sides for pair in _SHOWN_TOGETHER):
            return Lid(level)
    return None


def shows_dark_lid(coarse: Image.Image) -> bool:
    """Say whether something dark shows at the sides of a scan, though no lid can be told from what lies on it."""
    width, height = coarse.size
    sides = ((0, 0, 1, height), (width - 1, 0, width, height), (0, 0, width, 1), (0, height - 1, width, height))
    levels = b"".join(coarse.crop(side).tobytes() for side in sides)
    return sum(level < _DARK_LID_LEVEL for level in levels) > (1 - _UNIFORM_SHARE) * len(levels)


def find(coarse: Image.Image, behind: Lid) -> Box | None:
    """Return the box of cells around whatever lies on the lid, askew or not; None where no sheet is seen."""
    box = mask(coarse, behind).getbbox()
    if box is None or min(_size(box)) < _LEAST_CELLS:
        return None
    width, height = _size(box)
    if not behind.dark and width * height > _SMALL_SHARE * coarse.width * coarse.height:
        return None
    return box


def cut(coarse: Image.Image, behind: Lid) -> Box | None:
    """Return the box of cells of a sheet that lies straight; None where its edges are none."""
    seen = mask(coarse, behind)
    across, down = _extent(_columns(seen)), _extent(_rows(seen))
    if across is None or down is None:
        return None
    box = left, top, right, bottom = across[0], down[0], across[1], down[1]
    if min(_size(box)) < _LEAST_CELLS:
        return None
    rims = (
        _rows(seen.crop((left, top, right, top + _RIM_CELLS))),
        _rows(seen.crop((left, bottom - _RIM_CELLS, right, bottom))),
        _columns(seen.crop((left, top, left + _RIM_CELLS, bottom))),
        _columns(seen.crop((right - _RIM_CELLS, top, right, bottom))),
    )
    # The outermost cell is half lid. One edge may be torn, or dark on a dark lid.
    edges = sum(sorted(rim)[1] >= 255 * _EDGE_SHARE for rim in rims)
    return box if edges >= 3 else None  # noqa: PLR2004  (of four)


def skew_degrees(page: Image.Image, behind: Lid) -> float | None:
    """Return by how much to turn a sheet (counter-clockwise) so that its edges lie level; None where they disagree."""
    from PIL import ImageFilter  # noqa: PLC0415  (late: as above)

    seen = mask(page.filter(ImageFilter.BoxBlur(1)), behind).filter(ImageFilter.MedianFilter(5))
    rows, columns = seen.tobytes(), seen.transpose(_transpose()).tobytes()
    width, height = page.size
    level = [_slope_degrees(edge) for edge in (_first(columns, height), _last(columns, height))]
    upright = [-_slope_degrees(edge) for edge in (_first(rows, width), _last(rows, width))]
    for pair in (level, upright) if width > height else (upright, level):
        angle = sum(pair) / 2
        if abs(pair[0] - pair[1]) <= _AGREE_DEGREES and abs(angle) <= _MOST_DEGREES:
            return angle
    return None


def mask(page: Image.Image, behind: Lid) -> Image.Image:
    """Return white where a grey picture shows no lid."""
    return page.point([255 if abs(level - behind.level) > _UNLIKE_LEVELS else 0 for level in range(256)])


def _uniform(strip: Image.Image) -> int | None:
    """Return the level that nearly all of a strip has."""
    levels = strip.tobytes()
    level = round(median(levels))
    alike = sum(abs(each - level) <= _UNLIKE_LEVELS for each in levels)
    return level if alike >= _UNIFORM_SHARE * len(levels) else None


def _rows(seen: Image.Image) -> bytes:
    return seen.reduce((seen.width, 1)).tobytes()


def _columns(seen: Image.Image) -> bytes:
    return seen.reduce((1, seen.height)).tobytes()


def _extent(sums: bytes) -> tuple[int, int] | None:
    """Return from where to where a projection is at least half of its highest."""
    least = max(sums) // 2
    if least < 8:  # noqa: PLR2004  (of 255: there is nothing)
        return None
    above = [at for at, each in enumerate(sums) if each > least]
    return above[0], above[-1] + 1


def _first(lines: bytes, length: int) -> list[int | None]:
    """Return where each line of a mask begins to be white; None where it never is."""
    found = (lines.find(255, at, at + length) - at for at in range(0, len(lines), length))
    return [each if each >= 0 else None for each in found]


def _last(lines: bytes, length: int) -> list[int | None]:
    found = (lines.rfind(255, at, at + length) - at for at in range(0, len(lines), length))
    return [each if each >= 0 else None for each in found]


def _slope_degrees(profile: Sequence[int | None]) -> float:
    """Return the slope of an edge by least squares, without what a torn corner or a hole puts off the line."""
    there = [(at, each) for at, each in enumerate(profile) if each is not None]
    there = there[len(there) // 6 : -len(there) // 6]  # near its ends begins the next edge
    half = len(there) // 2
    pairs = list(zip(there[:half], there[half:], strict=False))
    if not pairs:
        return 0.0
    slope = median((y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in pairs)
    foot = median(y - slope * x for x, y in there)
    xs, ys = zip(*((x, y) for x, y in there if abs(y - slope * x - foot) <= _OFF_LINE_PX), strict=True)
    return (
        math.degrees(math.atan(linear_regression(xs, ys).slope)) if len(xs) > half else math.degrees(math.atan(slope))
    )


def _size(box: Box) -> tuple[int, int]:
    return box[2] - box[0], box[3] - box[1]


def _transpose() -> Image.Transpose:
    from PIL import Image  # noqa: PLC0415  (late: as above)

    return Image.Transpose.TRANSPOSE

"""What to tell a scanner so that it scans a whole page, grey and small. No I/O.

The order matters: scanimage sets one after the other, and the source decides which of the others are there.
"""

from __future__ import annotations

import math
import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from drivers.document.options import Kind, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

# A letter of 1.5 mm stays legible, and a page is some 150 kB: what online services accept.
WANTED_DPI = 200.0
# Where 200 cannot be had: not more than this, if there is something legible below it.
_MOST_DPI = 400.0
_LEGIBLE_DPI = 150.0
_DEPTH_BITS = 8
_PAGE_MM = {"x": 210.0, "y": 297.0, "page-width": 210.0, "page-height": 297.0}

_FEEDER = re.compile(r"adf|feeder|duplex", re.IGNORECASE)
_TWO_SIDES = re.compile(r"duplex|both", re.IGNORECASE)
_WRONG_SIDE = re.compile(r"back|rear", re.IGNORECASE)
_GLASS = re.compile(r"flat ?bed|platen|glass|normal", re.IGNORECASE)
# From best to still useful; Brother's `Gray[Error Diffusion]` is black and white.
_MODES = (
    re.compile(r"(true |8[- ]bit )?gr[ae]y(scale)?", re.IGNORECASE),
    re.compile(r"256-levels of gray|grayscale.*|gray(?!.*diffusion).*", re.IGNORECASE),
    re.compile(r".*colou?r.*", re.IGNORECASE),
)


class Feed(Enum):
    """Where the sheets lie."""

    GLASS = auto()
    """One sheet on the glass; from the feeder where there is no glass."""
    FEEDER = auto()
    """The whole pile, one side; from the glass where there is no feeder."""
    FEEDER_BOTH_SIDES = auto()
    ANY = auto()
    """The pile, if there is one, else the glass."""


def orders(options: Mapping[str, Option], feed: Feed = Feed.GLASS) -> list[str]:
    """Return the arguments for a grey scan of a whole page, as far as the scanner lets itself be told."""
    told: list[str] = []
    for name, wanted in (("source", source(options, feed)), ("mode", _mode(options)), ("depth", _depth(options))):
        if wanted is not None:
            told += [f"--{name}", wanted]
    if (dpi := resolution(options)) is not None:
        told += ["--resolution", f"{dpi:g}"]
    for name in ("page-width", "page-height", "x", "y"):
        option = _settable(options, name)
        # In pixels (`pel`) the whole is what it scans by itself.
        if option is not None and option.kind is Kind.RANGE and option.unit == "mm" and option.high > 0:
            told += [f"-{name}" if len(name) == 1 else f"--{name}", f"{_within(option, _PAGE_MM[name]):g}"]
    return told


def source(options: Mapping[str, Option], feed: Feed) -> str | None:
    """Return what to take the sheets from, in the scanner's own words; None where it has no choice."""
    choices = _choices(options, "source")
    feeders = [each for each in choices if _FEEDER.search(each) and not _WRONG_SIDE.search(each)]
    glass = [each for each in choices if _GLASS.fullmatch(each)]
    one_side = [each for each in feeders if not _TWO_SIDES.search(each)]
    two_sides = [each for each in feeders if _TWO_SIDES.search(each)]
    match feed:
        case Feed.GLASS:
            wanted = glass or one_side or two_sides
        case Feed.FEEDER | Feed.ANY:
            wanted = one_side or two_sides or glass
        case Feed.FEEDER_BOTH_SIDES:
            wanted = two_sides or one_side or glass
    return wanted[0] if wanted else None


def has_feeder(options: Mapping[str, Option]) -> bool:
    """Say whether it takes a pile of sheets by itself."""
    return any(_FEEDER.search(each) for each in _choices(options, "source"))


def has_glass(options: Mapping[str, Option]) -> bool:
    """Say whether a sheet can lie still on it."""
    choices = _choices(options, "source")
    return not choices or any(_GLASS.fullmatch(each) for each in choices)


def resolution(options: Mapping[str, Option]) -> float | None:
    """Return the resolution in dpi that is legible and small; None where the scanner has none to set."""
    option = _settable(options, "resolution")
    if option is None:
        return None
    if option.kind is Kind.RANGE:
        return _within(option, WANTED_DPI) or None
    offered = sorted(dpi for each in option.choices if (dpi := _number(each)) is not None and dpi > 0)
    if not offered:
        return None
    above = [dpi for dpi in offered if WANTED_DPI <= dpi <= _MOST_DPI]
    below = [dpi for dpi in offered if _LEGIBLE_DPI <= dpi < WANTED_DPI]
    coarse = [dpi for dpi in offered if dpi < _LEGIBLE_DPI]
    fine = [dpi for dpi in offered if dpi > _MOST_DPI]
    return (above or below[-1:] or fine or coarse[-1:])[0]


def _mode(options: Mapping[str, Option]) -> str | None:
    choices = _choices(options, "mode")
    return next((each for mode in _MODES for each in choices if mode.fullmatch(each)), None)


def _depth(options: Mapping[str, Option]) -> str | None:
    option = _settable(options, "depth")
    if option is None:
        return None
    has_eight = option.low <= _DEPTH_BITS <= option.high if option.kind is Kind.RANGE else "8" in option.choices
    return f"{_DEPTH_BITS}" if has_eight else None


def _within(option: Option, wanted: float) -> float:
    """Return the value nearest to what is wanted that the range has."""
    value = min(max(wanted, option.low), option.high)
    if option.step > 0 and math.isfinite(steps := (value - option.low) / option.step):
        value = option.low + math.floor(steps + 1e-6) * option.step
    return round(value, 4)


def _settable(options: Mapping[str, Option], name: str) -> Option | None:
    option = options.get(name)
    return option if option is not None and option.settable else None


def _choices(options: Mapping[str, Option], name: str) -> tuple[str, ...]:
    option = _settable(options, name)
    return option.choices if option is not None and option.kind is Kind.CHOICE else ()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None

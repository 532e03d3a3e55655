"""How large a code is printed, so that it fits the paper and a telephone reads it. No I/O."""

from __future__ import annotations

# ISO/IEC 18004:2015, table 7: bytes a symbol of level M holds, versions 1 to 15. Beyond 15 (77 modules) a code on
# 58 mm would need modules under half a millimetre, which worn heads smear.
_BYTES_M = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412)

_SMALLEST_DOTS = 4  # half a millimetre, the least that a low-cost telephone reads at arm's length
_LARGEST_DOTS = 8
_WANTED_DOTS = 232  # 29 mm across: found at a glance, and no waste of paper
_QUIET_MODULES = 8  # ISO/IEC 18004, 6.3.8: four light modules on each side


def module_dots(content: str, room_dots: int) -> int | None:
    """Return the side of one module in dots, or None where no readable code of `content` fits."""
    length_bytes = len(content.encode())
    version = next((number for number, held in enumerate(_BYTES_M, start=1) if length_bytes <= held), None)
    if version is None or not length_bytes:
        return None
    modules = 17 + 4 * version
    most_dots = min(room_dots // (modules + _QUIET_MODULES), _LARGEST_DOTS)
    if most_dots < _SMALLEST_DOTS:
        return None
    return max(_SMALLEST_DOTS, min(most_dots, _WANTED_DOTS // modules))


# Code 128 (ISO/IEC 15417): 11 modules a letter, and start, check and stop of 11, 11 and 13, between quiet zones of 10.
_BAR_LETTER_MODULES = 11
_BAR_FRAME_MODULES = 35 + 20
_BAR_WIDEST_DOTS = 3  # 0.375 mm, the middle of what readers ask for
_BAR_SMALLEST_DOTS = 2  # thinner bars of a thermal head run into each other


def bar_module_dots(content: str, room_dots: int) -> int | None:
    """Return the width of a bar code's thinnest bar in dots, or None where no readable one of `content` fits."""
    if not content or not content.isascii() or not content.isprintable():
        return None
    modules = _BAR_FRAME_MODULES + _BAR_LETTER_MODULES * len(content)
    dots = min(room_dots // modules, _BAR_WIDEST_DOTS)
    return dots if dots >= _BAR_SMALLEST_DOTS else None

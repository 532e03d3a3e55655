"""The colours that a theme gives, the shades between them, and whether all of it can be read. No I/O.

A theme says seven colours; what is pressed, soft or quiet is mixed of them. Contrast is judged where a theme is read,
so that no push can make a screen that old eyes cannot read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.model import ThemeSettings

# EN 301 549 by WCAG 1.4.3: text against what it stands on.
TEXT_CONTRAST: Final = 4.5
# WCAG 1.4.11: the edge of what can be touched or written in, and a mark that means something.
EDGE_CONTRAST: Final = 3.0


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour on the screen, as `#RRGGBB`; named for what it does."""

    ground: str
    card: str
    ink: str
    accent: str
    highlight: str
    help: str
    warning: str
    quiet_ink: str
    line: str
    edge: str
    accent_deep: str
    accent_soft: str
    accent_pale: str
    highlight_soft: str
    help_deep: str
    help_ink: str
    warning_soft: str
    quiet_ground: str


def palette(theme: ThemeSettings) -> Palette:
    """Return the shades of a theme; shares of a mixture were chosen by eye."""
    return Palette(
        ground=theme.ground,
        card=theme.card,
        ink=theme.ink,
        accent=theme.accent,
        highlight=theme.highlight,
        help=theme.help,
        warning=theme.warning,
        quiet_ink=mix(theme.ink, theme.card, 0.21),
        line=mix(theme.ground, theme.ink, 0.12),
        edge=mix(theme.ink, theme.card, 0.40),
        accent_deep=mix(theme.accent, theme.ink, 0.35),
        accent_soft=mix(theme.card, theme.accent, 0.12),
        accent_pale=mix(theme.card, theme.accent, 0.20),
        highlight_soft=mix(theme.card, theme.highlight, 0.13),
        help_deep=mix(theme.help, theme.highlight, 0.12),
        help_ink=theme.ink if contrast(theme.ink, theme.help) >= TEXT_CONTRAST else theme.card,
        warning_soft=mix(theme.card, theme.warning, 0.13),
        quiet_ground=mix(theme.ground, theme.ink, 0.05),
    )


# Text and what it stands on, wherever on the screen.
_TEXT = (
    *((ink, ground) for ink in ("ink", "quiet_ink", "accent_deep", "warning") for ground in ("ground", "card")),
    *(("ink", ground) for ground in ("accent_soft", "accent_pale", "warning_soft", "quiet_ground")),
    *(("accent_deep", ground) for ground in ("accent_soft", "accent_pale")),
    *(("quiet_ink", ground) for ground in ("accent_soft", "accent_pale", "quiet_ground", "warning_soft")),
    *(("card", ground) for ground in ("accent", "accent_deep")),
    *(("help_ink", ground) for ground in ("help", "help_deep")),
    *((ink, "highlight_soft") for ink in ("ink", "quiet_ink", "accent_deep")),
    ("accent_pale", "accent"),
    ("warning", "warning_soft"),
    ("highlight", "card"),
)  # fmt: skip
# Edges and marks, and what they stand on.
_EDGES = (
    *((edge, ground) for edge in ("edge", "accent", "warning", "highlight") for ground in ("ground", "card")),
    ("accent", "accent_soft"),
    ("accent", "quiet_ground"),
    ("accent_deep", "accent_pale"),
    ("highlight", "highlight_soft"),
)
# The setting to change for a shade.
_OF = {
    "quiet_ink": "ink",
    "line": "ground",
    "edge": "ink",
    "accent_deep": "accent",
    "accent_soft": "accent",
    "accent_pale": "accent",
    "highlight_soft": "highlight",
    "help_deep": "help",
    "help_ink": "help",
    "warning_soft": "warning",
    "quiet_ground": "ground",
}


def unreadable(theme: ThemeSettings) -> Iterator[tuple[str, str]]:
    """Yield the settings of a theme that cannot be read, each once, with the reason as a sentence."""
    shades = palette(theme)
    named: set[str] = set()
    for pairs, least in ((_TEXT, TEXT_CONTRAST), (_EDGES, EDGE_CONTRAST)):
        for front, behind in pairs:
            found = contrast(getattr(shades, front), getattr(shades, behind))
            setting, ground = _OF.get(front, front), _OF.get(behind, behind)
            if found < least and setting not in named:
                named.add(setting)
                what = "text" if least is TEXT_CONTRAST else "an edge"
                yield setting, f"{found:.1f} to 1 against theme.{ground}, and {what} needs {least:g} to 1"


def mix(one: str, other: str, share: float) -> str:
    """Return a colour with so much of the other in it."""
    parts = (round(255 * (a + (b - a) * share)) for a, b in zip(rgb(one), rgb(other), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def rgb(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour))  # noqa: PLR2004  (WCAG's constants)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

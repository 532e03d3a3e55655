"""Why a screen cannot be shown. No I/O."""

from __future__ import annotations


class ScreenError(Exception):
    """The machine cannot show the kiosk: its message says what to install or to plug in."""

"""Kivy told what it is before it is imported: it reads its settings once, at import. Adapter (environment).

Nothing of Kivy's may be imported before `prepare`.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.ui.theme import Panel


def prepare(panel: Panel, kivy_home: Path, *, fullscreen: bool, offscreen: bool) -> None:
    """Settle the window, the text provider and the input for this process."""
    os.environ.update(
        KIVY_HOME=str(kivy_home),
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_TEXT="pil",  # process-wide; the only provider that shapes Arabic and numbers right
        KIVY_WINDOW="sdl2",  # else a failing window falls back to x11 and hides its reason
        KIVY_METRICS_DENSITY="1",  # lengths are ours, in millimetres
        KIVY_LOG_MODE="PYTHON",  # Kivy's own mode would take over the standard streams
    )
    if offscreen:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    kivy_home.mkdir(parents=True, exist_ok=True)
    from kivy.config import Config  # noqa: PLC0415  (see above)

    for name, value in {
        "width": panel.width_px,
        "height": panel.height_px,
        "multisamples": 0,
        "maxfps": 30,
        "resizable": 0,
        "fullscreen": "auto" if fullscreen and not offscreen else 0,
        "show_cursor": 0 if fullscreen else 1,
    }.items():
        Config.set("graphics", name, str(value))
    # News is taken between two frames, and only painted in one: see `kiosk.ui.stage`.
    Config.set("kivy", "kivy_clock", "free_only")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "log_level", "warning")
    logging.getLogger("kivy").setLevel(logging.WARNING)
    # SDL reports fingers by itself: one more provider, for the mouse, or touches come twice (kivy#1903).
    for name, _ in list(Config.items("input")):
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")

"""A stage on which two thousand keys come at once; it says how often the window was shown until all were taken."""

# ruff: noqa: E402, T201  (Kivy reads its settings when it is imported; what is printed is the answer)

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from config.model import ThemeSettings
from config.palette import palette
from drivers.news import Key
from kiosk.journeys.events import KeyPressed
from kiosk.journeys.places import Reading
from kiosk.ui.setup import prepare
from kiosk.ui.theme import Panel

PANEL = Panel(800, 480, 100.0, palette(ThemeSettings()))
prepare(PANEL, Path(sys.argv[1]), fullscreen=False, offscreen=True)

from dataclasses import replace

from kiosk_samples import CARD, READY
from kivy.clock import Clock

from kiosk.ui.stage import Stage
from kiosk.ui.typeface import load_fonts

load_fonts()
said = []
now_s = time.monotonic()
state = replace(READY, place=Reading(CARD), now_s=now_s, quiet_since_s=now_s)
stage = Stage(state, PANEL, said.append, offscreen=True)
frames = []


def come_round(_):
    if not frames:
        for _ in range(2000):
            stage.post(KeyPressed(Key.NEXT))
    frames.append(stage.state.focus)
    if stage.quiet and stage.state.focus is not None:
        print(len(frames), len(said))
        stage.stop(0)


Clock.schedule_interval(come_round, 0)
stage.run()

"""A stage of one frame a second: a scan that a thread posts right behind a frame, and a touch right before one."""

# ruff: noqa: E402, T201  (Kivy reads its settings when it is imported; what is printed is the answer)

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from config.model import ThemeSettings
from config.palette import palette
from kiosk.journeys.news import Scanned
from kiosk.journeys.state import State
from kiosk.journeys.touches import HelpTouched
from kiosk.ui.setup import prepare
from kiosk.ui.theme import Panel

PANEL = Panel(800, 480, 100.0, palette(ThemeSettings()))
prepare(PANEL, Path(sys.argv[1]), fullscreen=False, offscreen=True)

from kivy.config import Config

Config.set("graphics", "maxfps", "1")

from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.ui.stage import Stage
from kiosk.ui.typeface import load_fonts

load_fonts()
taken, framed = threading.Event(), threading.Event()
stage = Stage(State(now_s=time.monotonic()), PANEL, lambda _: taken.set(), offscreen=True)


def show(*_):
    print(stage.painter.screen.banner is not None)
    Window.unbind(on_flip=show)
    Clock.schedule_once(touch, 0)


def touch(_):
    touched_s = time.monotonic()

    def shown(*_):
        print(time.monotonic() - touched_s, stage.painter.screen.kind.value)
        stage.stop(0)

    stage.post(HelpTouched())
    Window.bind(on_flip=shown)


def scan():
    framed.wait(20)
    posted_s = time.monotonic()
    stage.post(Scanned(b"nobody knows this"))
    taken.wait(20)
    print(time.monotonic() - posted_s, stage.quiet)
    Window.bind(on_flip=show)


Window.bind(on_flip=lambda *_: framed.set())
threading.Thread(target=scan).start()
stage.run()

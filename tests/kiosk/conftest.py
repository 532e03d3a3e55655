"""A real window, off-screen, for the tests that paint.

Kivy reads its settings when it is imported: nothing of it may be imported before the `window` fixture.
"""

# ruff: noqa: PLC0415  (see above)

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.content.build import build
from fleet.content.sources import count, documents
from kiosk.ui.setup import prepare
from kiosk.ui.theme import Panel

SHIPPED = Path(__file__).parents[2] / "demo/content/sheets"
PANELS = {"7in": Panel(1024, 600, 169.5), "10in": Panel(1280, 800, 149.4), "portrait": Panel(800, 1280, 149.4)}


@pytest.fixture(scope="session")
def window(tmp_path_factory):
    """Return Kivy's window; one process has one, whose size is that of the panel tried last."""
    prepare(PANELS["10in"], tmp_path_factory.mktemp("kivy"), fullscreen=False, offscreen=True)
    from kivy.config import Config

    Config.set("graphics", "maxfps", "0")  # tests wait for frames: let them come as fast as they can
    from kivy.base import EventLoop
    from kivy.core.window import Window

    from kiosk.ui.typeface import load_fonts

    EventLoop.ensure_window()
    EventLoop.status = "started"
    load_fonts()
    yield Window
    Window.close()


@pytest.fixture(params=PANELS.values(), ids=PANELS.keys(), scope="module")
def panel(request):
    return request.param


@pytest.fixture
def paint(easel):
    """Return a clean painter on the panel, and the events that its touches emit."""
    easel.painter.forget()
    easel.events.clear()
    return easel


@pytest.fixture(scope="module")
def easel(window, panel):
    """Return a painter on the panel, with what is painted on it."""
    from kivy.base import EventLoop

    from kiosk.ui.painter import Painter
    from kiosk.ui.player import Finger
    from kiosk.view import render

    window.size = (panel.width_px, panel.height_px)
    for child in list(window.children):
        window.remove_widget(child)
    emitted = []
    painter = Painter(panel, emitted.append)
    window.add_widget(painter.root)

    class Paint:
        """The painter, frames, and a finger."""

        events = emitted

        def __init__(self):
            self.painter = painter
            self.panel = panel

        def show(self, state):
            painter.paint(render(state))
            while not painter.settled:
                self.frames(1)
            return painter

        def frames(self, count):
            for _ in range(count):
                EventLoop.idle()

        def touch(self, target):
            painter.bring_into_sight(target)
            finger = Finger(*target.to_window(*target.center))
            EventLoop.post_dispatch_input("begin", finger)
            self.frames(1)
            EventLoop.post_dispatch_input("end", finger)

        def labelled(self, label):
            return next(t for t in painter.touchables() if t.button.label == label)

    yield Paint()
    painter.forget()
    window.remove_widget(painter.root)


@pytest.fixture(scope="session")
def pack_path(tmp_path_factory):
    """Return the shipped pack, built."""
    path = tmp_path_factory.mktemp("pack") / "content.pack"
    build(documents(SHIPPED), count(SHIPPED), path, lambda: None)
    return path

"""The window, and the loop between it and the journeys. Adapter (Kivy).

    touch, key, worker, device, clock ─► post ─► turn ─► perform the effects
                                                  └─► the next frame: paint the screen, say what is new on it

Everything happens on Kivy's thread but `post`, which any thread may call; nothing here waits for anything. News is
taken as soon as it comes, between two frames as well; the screen is painted at most once a frame.
"""

from __future__ import annotations

import ctypes
import signal
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from kivy.base import runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window

from config import vital_signs
from config.palette import rgb
from kiosk import beside
from kiosk.four_keys import turn
from kiosk.journeys.effects import WipeSession
from kiosk.journeys.news import Ticked
from kiosk.ui.faults import ScreenError
from kiosk.ui.painter import Painter
from kiosk.view import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.palette import Palette
    from kiosk.journeys.effects import Effect
    from kiosk.journeys.events import Input
    from kiosk.journeys.state import State
    from kiosk.ui.theme import Panel
    from kiosk.view.screen import Screen

# How often time is told: the countdown is in seconds.
_TICK_S = 1.0
# What is taken at once, before the window has its turn: a flood of keys on a long sheet must not stop it.
_TAKING_S = 0.05
# What SDL falls back to where nothing can be shown; KMSDRM, without a desktop, shows.
_BLIND_DRIVERS = frozenset({None, b"offscreen", b"dummy", b"evdev"})


class Stage:
    """The state of the kiosk, on screen."""

    def __init__(self, state: State, panel: Panel, perform: Callable[[Effect], None], *, offscreen: bool) -> None:
        """Open the window.

        Raises:
            ScreenError: there is none to be had.
        """
        if Window is None or (not offscreen and _video_driver() in _BLIND_DRIVERS):
            raise ScreenError("no window can be opened: is there a display, and are libgl1 and libgl1-mesa-dri there?")
        self.state = state
        self.exit_code = 0
        # When this thread last came round, on the clock of `config.vital_signs`; any thread may look.
        self.alive_s = vital_signs.now_s()
        # The window is as large as it could be made, which may be another size than asked for.
        panel = replace(panel, width_px=int(Window.width), height_px=int(Window.height))
        self.painter = Painter(panel, self.post)
        self._perform = perform
        self._shown: tuple[State, Screen] | None = None
        self._events: deque[Input] = deque()
        self._wake = Clock.create_trigger_free(self._drain, -1)
        # Kivy comes back to a trigger of -1 again and again before it shows a frame; to this one behind it.
        self._go_on = Clock.create_trigger_free(self._drain, 0)
        self._show_soon = Clock.create_trigger(self._show, -1)
        Window.clearcolor = (*rgb(panel.palette.ground), 1)
        Window.set_title("Guichet")

    @property
    def quiet(self) -> bool:
        """Every event so far is on the screen."""
        return not self._events and not self._show_soon.is_triggered

    def dress(self, palette: Palette) -> None:
        """Show everything in other colours."""
        Window.clearcolor = (*rgb(palette.ground), 1)
        self.painter.dress(palette)
        self.painter.paint(render(self.state))

    def post(self, event: Input) -> None:
        """Bring an event to the journeys; any thread may."""
        self._events.append(event)
        self._wake()

    def run(self) -> int:
        """Show the kiosk until it is stopped, and return the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stopped)
        self._show()
        Clock.schedule_interval(self._tick, _TICK_S)
        runTouchApp(self.painter.root)
        return self.exit_code

    def stop(self, exit_code: int) -> None:
        """Close the window."""
        self.exit_code = exit_code
        stopTouchApp()

    def _stopped(self, *_: object) -> None:
        Clock.schedule_once(lambda _: self.stop(0), -1)

    def _tick(self, _: float) -> None:
        self.alive_s = vital_signs.now_s()
        self.post(Ticked(time.monotonic()))

    def _drain(self, _: float) -> None:
        before = self.state
        until_s = time.monotonic() + _TAKING_S
        while self._events:
            self.state, effects = turn(self.state, self._events.popleft())
            for effect in effects:
                if isinstance(effect, WipeSession):
                    self.painter.forget()
                self._perform(effect)
            if time.monotonic() >= until_s:
                break
        if self.state is not before:
            self._show_soon()
        if self._events:
            self._go_on()

    def _show(self, _: float = 0.0) -> None:
        screen = render(self.state)
        self.painter.paint(screen)
        before, self._shown = self._shown, (self.state, screen)
        for effect in beside.beside(before, self.state, screen):
            self._perform(effect)


def _video_driver() -> bytes | None:
    """Return SDL's name of the driver which the window was opened with; Kivy does not tell it."""
    from kivy.core.window import _window_sdl2  # noqa: PLC0415  (there is none where no window can be)

    current = ctypes.CDLL(_window_sdl2.__file__).SDL_GetCurrentVideoDriver
    current.restype = ctypes.c_char_p
    name: bytes | None = current()
    return name

"""A citizen made of a script: real touches on what is painted, pictures of what is shown. Adapter (Kivy).

It waits for frames and screens, never for a time; a step that does not come to its end before the deadline ends
the kiosk with one sentence. Each step is a line on standard output before it is done, so that a program which
follows can act (present a code, cut a network) at any of them.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, assert_never

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent

from kiosk.journeys.find import QUERY_LENGTH
from kiosk.script import (
    BANNER,
    FOCUS,
    NO_FOCUS,
    NO_TROUBLE,
    RESULTS,
    TROUBLE,
    WARNING,
    End,
    Picture,
    Step,
    Touch,
    Type,
    Wait,
)
from kiosk.view.screen import Role, Tiles

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from kiosk.script import Order
    from kiosk.ui.stage import Stage
    from kiosk.ui.surface import Touchable

# A step waits for a worker, a disk, a printer: the slowest of them is given this long.
DEADLINE_S = 60.0
# Frames after which a picture is the same on every run.
_SETTLED_FRAMES = 10

_Frames: TypeAlias = "Generator[None, None, None]"


class Finger(MotionEvent):
    """One touch of the player's."""

    def __init__(self, x: float, y: float) -> None:
        place = {"sx": x / Window.width, "sy": y / Window.height}
        super().__init__("player", "finger", place, is_touch=True, type_id="touch")
        self.profile = ["pos"]

    def depack(self, args: dict[str, float]) -> None:
        """Take the place, as shares of the window."""
        self.sx, self.sy = args["sx"], args["sy"]
        super().depack(args)


class Player:
    """Plays the steps on a stage."""

    def __init__(self, stage: Stage, steps: Iterable[Step], pictures: Path) -> None:
        self._stage = stage
        self._pictures = pictures
        self._frames = self._play(tuple(steps))
        self._doing = "start"
        self._deadline_s = 0.0

    def start(self) -> None:
        """Play one frame's worth at each frame."""
        self._event = Clock.schedule_interval(self._frame, 0)

    def _frame(self, _: float) -> None:
        Window.canvas.ask_update()
        if next(self._frames, "over") == "over":
            self._event.cancel()
        elif time.monotonic() > self._deadline_s:
            self._event.cancel()
            print(f"guichet: {self._doing} could not be done; the screen is {self._where()}", file=sys.stderr)  # noqa: T201
            self._stage.stop(1)

    def _where(self) -> str:
        screen = self._stage.painter.screen
        if screen is None:
            return "not painted"
        labels = ", ".join(repr(t.button.label) for t in self._stage.painter.touchables() if t.button.label)
        return f"{screen.kind.value!r} ({screen.title!r}) with {labels}"

    def _play(self, steps: tuple[Step, ...]) -> _Frames:
        for step in steps:
            self._doing = f"line {step.line}, {step.text!r},"
            self._deadline_s = time.monotonic() + DEADLINE_S
            print(step.text, flush=True)  # noqa: T201  (the player's protocol)
            yield from self._do(step.order)
        self._stage.stop(0)

    def _do(self, order: Order) -> _Frames:
        match order:
            case Touch(label):
                while (target := self._labelled(label)) is None:
                    yield
                yield from self._touch(target)
            case Type(text):
                for character in text:
                    yield from self._key(character)
            case Wait(screen, sheet):
                while not self._shown(screen, sheet):
                    yield
            case Picture(name):
                yield from self._picture(name)
            case End():
                self._stage.stop(0)
            case _:
                assert_never(order)

    def _labelled(self, label: str) -> Touchable | None:
        wanted = _plain(label)
        found = self._stage.painter.touchables()
        exact = [t for t in found if _plain(t.button.label) == wanted]
        starting = [t for t in found if _plain(t.button.label).startswith(wanted)]
        return next(iter(exact or starting), None)

    def _touch(self, target: Touchable) -> _Frames:
        self._stage.painter.bring_into_sight(target)
        yield
        finger = Finger(*target.to_window(*target.center))
        EventLoop.post_dispatch_input("begin", finger)
        yield
        EventLoop.post_dispatch_input("end", finger)
        yield
        while target.state == "down" or not self._stage.quiet:
            yield
        yield
        yield

    def _key(self, character: str) -> _Frames:
        typed = self._typed()
        while (key := self._key_of(character)) is None:
            turn = next(t for t in self._stage.painter.touchables() if t.button.role is Role.KEY_OF_SERVICE)
            yield from self._touch(turn)
        yield from self._touch(key)
        # The field takes no first space and no letter beyond its length: that touch is done all the same.
        full = len(typed) >= QUERY_LENGTH
        while self._typed() == typed and not full and not (typed == "" and character == " "):
            yield

    def _key_of(self, character: str) -> Touchable | None:
        spoken = {" ": "espace", "'": "apostrophe", "’": "apostrophe", "-": "tiret"}.get(character, character.lower())
        return next((t for t in self._stage.painter.touchables() if t.button.spoken == spoken), None)

    def _typed(self) -> str:
        screen = self._stage.painter.screen
        return screen.field.text if screen and screen.field else ""

    def _shown(self, wanted: str, sheet: str) -> bool:
        screen = self._stage.painter.screen
        if screen is None or not self._stage.quiet:
            return False
        there = {
            WARNING: screen.warning is not None,
            BANNER: screen.banner is not None,
            TROUBLE: screen.trouble is not None,
            NO_TROUBLE: screen.trouble is None,
            FOCUS: screen.focus is not None,
            NO_FOCUS: screen.focus is None,
            RESULTS: any(isinstance(block, Tiles) for block in screen.body) and screen.field is not None,
        }.get(wanted, screen.kind.value == wanted)
        return there and (not sheet or sheet in screen.walk.split())

    def _picture(self, name: str) -> _Frames:
        while not self._stage.painter.settled:
            yield
        for _ in range(_SETTLED_FRAMES):
            yield
        Window.dispatch("on_draw")
        self._pictures.mkdir(parents=True, exist_ok=True)
        path = self._pictures / f"{name}.png"
        # Kivy numbers a picture's name by itself: take it whole, then give it its own.
        written = Window.screenshot(name=str(self._pictures / f".{name}.png"))
        Path(written).replace(path)


def _plain(label: str) -> str:
    return " ".join(label.replace("’", "'").split()).casefold()

"""What is inside a simulated printer, however it is plugged in: it takes bytes, prints, and answers. Adapter (files).

Its state is truthful: it prints as far as there is paper, holds what it cannot print, and goes on when it can.
"""

from __future__ import annotations

import os
import re
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from drivers.simulated.interpreter import EscPosInterpreter
from drivers.simulated.realtime import Ask, ClearBuffers, RealTimeOrders, Recover
from drivers.simulated.switches import Model, Switches

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from drivers.simulated.paper import PaperRoll


_AT_ONCE_BYTES = 4096


class Mechanism:
    """The print head, the cutter and the sensors of one printer; `answer` sends bytes to whoever is connected.

    `changed` guards and announces everything in it.
    """

    def __init__(
        self, width_dots: int, save_dir: Path | None, answer: Callable[[bytes], None], model: Model | None = None
    ) -> None:
        self.model = model or Model()
        self.changed = threading.Condition()
        self.papers: list[PaperRoll] = []
        self.switches = Switches()
        self._save_dir = save_dir
        self._send = answer
        self._interpreter = EscPosInterpreter(
            width_dots, self._take_cut, self._mark, self._tell_by_itself, chinese=self.model.chinese
        )
        self._automatic = 0
        self._orders = RealTimeOrders()
        self._received = 0
        self._held = bytearray()
        self._freed = False  # the cutter, of the paper that held it, and nobody has told the printer to go on

    @property
    def unknown(self) -> list[bytes]:
        """The orders that were not understood."""
        return self._interpreter.unknown

    @property
    def hanging_lines(self) -> list[str]:
        """The lines of the paper that hangs out, uncut."""
        return self._interpreter.roll.text_lines

    @property
    def room_bytes(self) -> int:
        """How much it takes now."""
        limit = self.model.buffer_bytes
        return _AT_ONCE_BYTES if limit is None else max(0, min(limit - len(self._held), _AT_ONCE_BYTES))

    def plug_in(self) -> None:
        """Begin with somebody new on the line."""
        self._orders = RealTimeOrders()

    def switch(self, switches: Switches) -> None:
        """Set the state of the hardware; what was held back goes on printing."""
        with self.changed:
            self._freed = self.switches.cutter_jammed and not switches.cutter_jammed and not self.model.recovers
            before, self.switches = (
                self.switches,
                replace(switches, cutter_jammed=switches.cutter_jammed or self._freed),
            )
            switches = self.switches
            self._received = 0
            if self._automatic and switches.automatic_status() != before.automatic_status():
                self._answer(switches.automatic_status())
            self._print()
            self.changed.notify_all()

    def wait_for_papers(self, count: int, patience_s: float) -> bool:
        """Wait until so many papers were cut; say whether they were."""
        with self.changed:
            return self.changed.wait_for(lambda: len(self.papers) >= count, patience_s)

    def receive(self, data: bytes) -> bool:
        """Take `data`, under the lock; say whether the cable is torn out after it."""
        limit = self.switches.drop_after_bytes
        torn = False
        if limit is not None:
            data = data[: limit - self._received]
            torn = self._received + len(data) >= limit
        trouble = self.switches.trouble_after_bytes
        if trouble is not None:
            first = max(trouble - self._received, 0)
            self._take(data[:first])
            if self._received >= trouble:
                self.switches = self.switches.in_trouble()
                self.changed.notify_all()
                if self._automatic:
                    self._answer(self.switches.automatic_status())
            self._take(data[first:])
        else:
            self._take(data)
        return torn

    def _take(self, data: bytes) -> None:
        self._received += len(data)
        for order in self._orders.receive(data):
            match order:
                case Ask(question):
                    self._answer(bytes([self.switches.status(question)]))
                case Recover():
                    if self._freed:
                        self._freed = False
                        self._held.clear()
                        self.switches = replace(self.switches, cutter_jammed=False)
                case ClearBuffers() if not self.model.clears:
                    pass
                case ClearBuffers():
                    self._held.clear()
                    self._interpreter.forget()
                    self._answer(b"\x37\x25\x00")
                case _:
                    self._held += order
                    self._print()

    def _print(self) -> None:
        """Print what was received, as far as there is paper."""
        while self._held and self.switches.prints:
            left_dots = self.switches.paper_left_dots
            before_dots = self._interpreter.printed_dots
            self._interpreter.receive(bytes(self._held[:1]))
            del self._held[:1]
            if left_dots is not None:
                left_dots -= self._interpreter.printed_dots - before_dots
                self.switches = replace(self.switches, paper_left_dots=left_dots, paper_out=left_dots <= 0)

    def say(self, data: bytes) -> None:
        """Say anything at all, unasked."""
        with suppress(OSError):  # nobody listens any more
            self._send(data)

    def _answer(self, data: bytes) -> None:
        if self.switches.mute:
            return
        if self.switches.late_s:
            later = threading.Timer(self.switches.late_s, self.say, [data])
            later.daemon = True
            later.start()
        else:
            self.say(data)

    def _mark(self, data: bytes) -> None:
        if self.model.marks:
            self._answer(data)

    def _tell_by_itself(self, what: int) -> None:
        self._automatic = what
        if what:
            self._answer(self.switches.automatic_status())

    def _take_cut(self, roll: PaperRoll) -> None:
        if self._save_dir is not None:
            save(roll, self._save_dir)
        self.papers.append(roll)
        self.changed.notify_all()


def save(roll: PaperRoll, folder: Path) -> Path:
    """Save a paper's picture under the next number of `folder`, and return where.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(found[1]) for path in folder.iterdir() if (found := re.fullmatch(r"receipt-(\d+)\.png", path.name))]
    finished = folder / f"receipt-{max(numbers, default=0) + 1:03}.png"
    unfinished = folder / f".{finished.name}.part"
    roll.picture().save(unfinished, format="PNG")
    os.replace(unfinished, finished)  # noqa: PTH105  (whole or not at all)
    return finished

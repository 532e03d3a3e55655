"""From the keys that a scanner presses to news. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.scanner.keys import EV_KEY, EV_SYN, SYN_DROPPED, Keyboard, Records

if TYPE_CHECKING:
    from drivers.news import DeviceEvent
    from drivers.scanner.hearing import Hearing
    from drivers.scanner.layouts import Layout

# A code comes in one go, and a scanner that presses Caps Lock does so around each code: what is held or on longer than
# a pause between two is of a key whose letting go was lost.
_APART_S = 1.0
_UP, _DOWN = 0, 1  # 2 is the kernel's own repeat of a key that is held: no scanner means it


class KeyHearing:
    """One opening of one scanner: feed it the events its keys give; what they write is heard like any bytes."""

    def __init__(self, hearing: Hearing, layout: Layout) -> None:
        self._hearing = hearing
        self._records = Records()
        self._keyboard = Keyboard(layout)
        self._heard_s = 0.0

    @property
    def due_s(self) -> float | None:
        """For how long nothing may come before `flush` is to be called; None while it waits for nothing."""
        return self._hearing.due_s

    def receive(self, data: bytes, now_s: float) -> list[DeviceEvent]:
        """Return the news in `data`, oldest first."""
        news: list[DeviceEvent] = []
        written = bytearray()
        if now_s - self._heard_s > _APART_S:
            self._keyboard.forget()
        self._heard_s = now_s
        for event in self._records.receive(data):
            match event:
                case (kind, code, value) if kind == EV_KEY and value == _DOWN:
                    written += self._keyboard.down(code)
                case (kind, code, value) if kind == EV_KEY and value == _UP:
                    written += self._keyboard.up(code)
                case (kind, code, _) if (kind, code) == (EV_SYN, SYN_DROPPED):
                    # The kernel's buffer ran over: events were lost here, the letting go of a key perhaps.
                    news += self._hearing.receive(bytes(written), now_s)
                    written.clear()
                    self._hearing.spoil()
                    self._keyboard.forget()
        return news + self._hearing.receive(bytes(written), now_s)

    def flush(self, now_s: float) -> list[DeviceEvent]:
        """Nothing came for a while: return the news that this ends."""
        self._keyboard.forget()
        return self._hearing.flush(now_s)

"""What is said to a scanner that can answer, and what its silence means. No I/O.

    opened ── asked ──── anything heard ────► it is there ── long silence ──► asked again
                └─ nothing for ANSWER_S ─► mute

A scanner that says nothing may just have nothing to read: only one that can be asked is ever taken for mute. Late
answers are as good as others; none is taken for a code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.interface import DeviceUp
from drivers.scanner.sieve import Sieve

if TYPE_CHECKING:
    from drivers.interface import DeviceName
    from drivers.news import DeviceEvent
    from drivers.scanner.hearing import Hearing
    from drivers.scanner.model import Model

# People are told within two seconds; a scanner answers within a tenth.
ANSWER_S = 1.2
# A question now and then does not keep a scanner from reading. One that went mute is noticed so late.
ASK_AGAIN_S = 30.0
# No scanner's own patience is shorter; one that reads already takes no harm.
TRIGGER_AGAIN_S = 4.0
# An answer comes in one go.
_HALF_ANSWER_S = 0.3


class Conversation:
    """One opening of one scanner."""

    def __init__(
        self,
        device: DeviceName,
        hearing: Hearing,
        model: Model,
        ask_again_s: float = ASK_AGAIN_S,
        *,
        triggered: bool = False,
    ) -> None:
        self._device = device
        self._hearing = hearing
        self._ask = model.ask
        self._trigger = (model.trigger or b"") if triggered else b""
        self._release = (model.release or b"") if triggered else b""
        self._triggered_s: float | None = None
        self._sieve = Sieve(model.answers)
        self._ask_again_s = ask_again_s
        self._asked_s: float | None = None
        self._heard_s: float | None = None

    def begin(self) -> list[DeviceEvent]:
        """Return what is known at the opening: one that cannot be asked is taken at its word, that it is there."""
        return [] if self._ask else [DeviceUp(self._device)]

    @property
    def due_s(self) -> float | None:
        """For how long nothing may come before `flush` is to be called; None while it waits for nothing."""
        due_s = self._hearing.due_s
        if self._sieve.pending:
            return _HALF_ANSWER_S if due_s is None else min(due_s, _HALF_ANSWER_S)
        return due_s

    def question(self, now_s: float) -> bytes:
        """Return what to ask now, perhaps nothing."""
        if self._ask is None or self._asked_s is not None:
            return b""
        if self._heard_s is not None and now_s - self._heard_s < self._ask_again_s:
            return b""
        self._asked_s = now_s
        return self._ask

    def trigger(self, now_s: float) -> bytes:
        """Return what has it read from now on, perhaps nothing: a code, or its own patience, ends its reading."""
        if not self._trigger or (self._triggered_s is not None and now_s - self._triggered_s < TRIGGER_AGAIN_S):
            return b""
        self._triggered_s = now_s
        return self._trigger

    def farewell(self) -> bytes:
        """Return what is said to it when nobody listens to it any more."""
        return self._release

    def is_mute(self, now_s: float) -> bool:
        """Return whether it was asked and says nothing."""
        return self._asked_s is not None and now_s - self._asked_s >= ANSWER_S

    def receive(self, data: bytes, now_s: float) -> list[DeviceEvent]:
        """Return the news in `data`, oldest first."""
        is_first = self._ask is not None and self._heard_s is None
        self._heard_s, self._asked_s = now_s, None
        came = self._sieve.receive(data)
        if came:
            self._triggered_s = None
        news = self._hearing.receive(came, now_s)
        return [DeviceUp(self._device), *news] if is_first else news

    def flush(self, now_s: float) -> list[DeviceEvent]:
        """Nothing came for a while: return the news that this ends."""
        if self._sieve.pending:
            return self._hearing.receive(self._sieve.flush(), now_s)
        return self._hearing.flush(now_s)

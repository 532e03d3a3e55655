"""How much to send at once, and how long to wait for its answer, from what the link just did. No I/O.

A frame starts small on each connection, so that a bus that passes an antenna for two seconds still moves a little; it
doubles while answers come promptly, and halves when one does not come. Time is that of a clock which never jumps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

# The smallest frame is on a 256 kbit/s link for 60 ms; the largest stays within the protocol's 60,000 bytes.
SMALLEST_FRAME_BYTES = 2_000
LARGEST_FRAME_BYTES = 48_000
_FIRST_FRAME_BYTES = 4_000
# Four frames fill a 256 kbit/s link with 200 ms of delay; more would only be sent again when it drops.
_WINDOW = 4
# An answer sooner than this leaves room for larger frames; one later than that asks for smaller ones.
_PROMPT_S = 0.8
_SLOW_S = 3.0
# Longer than the worst answer seen on such a link; shorter than the coverage of a stop.
_SHORTEST_PATIENCE_S = 5.0
_LONGEST_PATIENCE_S = 60.0
# An answer's weight in the mean, as in TCP's estimate of the round trip (RFC 6298, section 2).
_WEIGHT = 0.125
_PATIENCE_IN_ANSWERS = 4


@dataclass(slots=True)
class Pace:
    """One connection's pace; read `frame_bytes`, `patience_s` and `window` before each frame."""

    window: int = _WINDOW
    frame_bytes: int = _FIRST_FRAME_BYTES
    patience_s: float = _SHORTEST_PATIENCE_S
    _answer_s: float = 0.0
    _sent_s: deque[float] = field(default_factory=deque)

    def link_up(self) -> None:
        """Begin again: it may be another antenna. Patience stays: the hub is the same."""
        self.frame_bytes = min(self.frame_bytes, _FIRST_FRAME_BYTES)
        self._sent_s.clear()

    def sent(self, now_s: float) -> None:
        """Note that a frame went out."""
        self._sent_s.append(now_s)

    def answered(self, now_s: float, frames: int = 1) -> None:
        """Note that the oldest `frames` in flight were answered."""
        for _ in range(min(frames, len(self._sent_s))):
            self._learn(max(0.0, now_s - self._sent_s.popleft()))

    def lost(self) -> None:
        """Note that an answer did not come in time: half as much, half as often, one frame at a time.

        A hub that is slow because thousands of devices came at once would drown in what they send again.
        """
        self._sent_s.clear()
        self.frame_bytes = max(SMALLEST_FRAME_BYTES, self.frame_bytes // 2)
        self.patience_s = min(_LONGEST_PATIENCE_S, self.patience_s * 2)
        self.window = 1

    def _learn(self, answer_s: float) -> None:
        self.window = _WINDOW
        self._answer_s += _WEIGHT * (answer_s - self._answer_s)
        wanted_s = _PATIENCE_IN_ANSWERS * max(answer_s, self._answer_s)
        self.patience_s = min(_LONGEST_PATIENCE_S, max(_SHORTEST_PATIENCE_S, wanted_s))
        if answer_s <= _PROMPT_S:
            self.frame_bytes = min(LARGEST_FRAME_BYTES, self.frame_bytes * 2)
        elif answer_s >= _SLOW_S:
            self.frame_bytes = max(SMALLEST_FRAME_BYTES, self.frame_bytes * 3 // 4)

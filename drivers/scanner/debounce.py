"""One code held before the scanner is one, however often it is read. No I/O.

A scanner that reads by itself reads a paper again and again while it lies there: the code counts anew only once it
was away. Another code counts at once. What a citizen shows is not kept: only a number made from it, for as long.
"""

from __future__ import annotations

# Longer than a scanner's own pause between two readings (0.5 s on most), shorter than a citizen needs to scan again.
AWAY_S = 0.8


class Debounce:
    """Asked for each code that was read, at its monotonic time."""

    def __init__(self, away_s: float = AWAY_S) -> None:
        self._away_s = away_s
        self._seen_s: dict[int, float] = {}

    def is_new(self, code: bytes, now_s: float) -> bool:
        """Return whether `code` was away since it was last read."""
        self._seen_s = {mark: at_s for mark, at_s in self._seen_s.items() if now_s - at_s < self._away_s}
        mark = hash(code)  # salted anew in each process
        new = mark not in self._seen_s
        self._seen_s[mark] = now_s
        return new

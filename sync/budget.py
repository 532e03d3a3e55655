"""What may be sent on a link that is paid by the byte. No I/O.

A bucket that fills evenly: an hour's worth at most, so that a bus which was silent in the morning has an hour's worth
at noon, not a day's. Time is that of a clock which never jumps.
"""

from __future__ import annotations

from dataclasses import dataclass

_HOUR_S = 3_600.0


@dataclass(slots=True)
class Budget:
    """Bytes that may go over a metered link; `bytes_per_hour` None is a link that costs nothing."""

    bytes_per_hour: int | None = None
    _left_bytes: float = 0.0
    _counted_s: float | None = None

    def may_send(self, size_bytes: int, now_s: float) -> bool:
        """Return whether `size_bytes` may go now; an empty hour's budget lets any one message go."""
        if self.bytes_per_hour is None:
            return True
        self._fill(now_s)
        return self._left_bytes >= min(size_bytes, self.bytes_per_hour)

    def sent(self, size_bytes: int, now_s: float) -> None:
        """Note what went out, urgent or not: what is urgent goes always, and is paid by what is not."""
        if self.bytes_per_hour is not None:
            self._fill(now_s)
            self._left_bytes -= size_bytes

    def next_s(self, size_bytes: int, now_s: float) -> float | None:
        """Return when `size_bytes` may go, or None where they may now."""
        if self.bytes_per_hour is None or self.may_send(size_bytes, now_s):
            return None
        lacking = min(size_bytes, self.bytes_per_hour) - self._left_bytes
        return now_s + lacking * _HOUR_S / self.bytes_per_hour

    def _fill(self, now_s: float) -> None:
        assert self.bytes_per_hour is not None  # noqa: S101  (its callers have looked)
        if self._counted_s is None:
            self._left_bytes = float(self.bytes_per_hour)
        else:
            gained = (now_s - self._counted_s) * self.bytes_per_hour / _HOUR_S
            self._left_bytes = min(float(self.bytes_per_hour), self._left_bytes + gained)
        self._counted_s = now_s

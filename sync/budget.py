"""What may be sent on a link that is paid by the byte. No I/O.

A bucket that fills evenly: an hour's worth at most, so that a bus which was silent in the morning has an hour's worth
at noon, not a day's. Time is that of a clock which never jumps. Records and supply share one, each on its own
thread: at worst they miscount by one message.
"""

from __future__ import annotations

from dataclasses import dataclass

_HOUR_S = 3_600.0


@dataclass(slots=True)
class Budget:
    """Bytes that may go over a metered link; `bytes_per_hour` None costs nothing, and any thread may set it."""

    bytes_per_hour: int | None = None
    _left_bytes: float = 0.0
    _counted_s: float | None = None

    def may_send(self, size_bytes: int, now_s: float) -> bool:
        """Return whether `size_bytes` may go now; an empty hour's budget lets any one message go."""
        limit = self.bytes_per_hour
        if limit is None:
            return True
        self._fill(limit, now_s)
        return self._left_bytes >= min(size_bytes, limit)

    def sent(self, size_bytes: int, now_s: float) -> None:
        """Note what went out, urgent or not: what is urgent goes always, and is paid by what is not."""
        limit = self.bytes_per_hour
        if limit is not None:
            self._fill(limit, now_s)
            self._left_bytes -= size_bytes

    def next_s(self, size_bytes: int, now_s: float) -> float | None:
        """Return when `size_bytes` may go, or None where they may now."""
        limit = self.bytes_per_hour
        if limit is None or self.may_send(size_bytes, now_s):
            return None
        return now_s + (min(size_bytes, limit) - self._left_bytes) * _HOUR_S / limit

    def _fill(self, limit: int, now_s: float) -> None:
        if self._counted_s is None:
            self._left_bytes = float(limit)
        else:
            gained = (now_s - self._counted_s) * limit / _HOUR_S
            self._left_bytes = min(float(limit), self._left_bytes + gained)
        self._counted_s = now_s

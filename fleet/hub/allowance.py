"""How much one device may send: a token bucket for rows and one for bytes. No I/O; time comes in.

A device that goes mad, or a stolen one, must not keep the hub from all the others. What exceeds the allowance is not
stored and not answered, so the device keeps it and sends it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """Holds `size` tokens at most; `rate_s` drip in each second. Full at first.

    What is larger than the bucket goes out of a full one, which then owes the rest: otherwise a device whose frames are
    larger than the operator's burst would wait for ever.
    """

    rate_s: float
    size: float
    _level: float = field(init=False)
    _at_s: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._level = self.size

    def holds(self, tokens: float, now_s: float) -> bool:
        """Return whether `tokens` can be taken now; `now_s` comes from a clock that never jumps."""
        self._level = min(self.size, self._level + max(now_s - self._at_s, 0.0) * self.rate_s)
        self._at_s = now_s
        return self._level >= min(tokens, self.size)

    def take(self, tokens: float) -> None:
        """Take `tokens`, which it holds, as `holds` has said."""
        self._level -= tokens


@dataclass(slots=True)
class Allowance:
    """What one device may still send, and how many messages of it were refused of late."""

    rows: Bucket
    payload_bytes: Bucket
    refusals: Bucket
    # Messages over the allowance since it was last kept.
    exceeded: int = 0

"""What is said of bytes from the other end which cannot be used. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

_DETAIL_LENGTH = 300


class Reason(Enum):
    """Why the bytes were not taken."""

    TOO_LARGE = "too large"
    NOT_DECODABLE = "not decodable"
    OTHER_VERSION = "of another version"
    BAD_SIGNATURE = "signature does not verify"
    OTHER_DEVICE = "about another device"
    UNKNOWN_DEVICE = "from a device that is not enrolled"
    CANNOT_OPEN = "cannot be opened with the keys at hand"


@dataclass(frozen=True, slots=True)
class Rejected:
    """Bytes that were parked or thrown away; the shell counts it, logs it once and goes on."""

    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        """Return the reason on one printable line, for logs and tables: a detail may quote what a stranger wrote."""
        detail = self.detail if self.detail.isprintable() else ascii(self.detail)
        return f"{self.reason.value}: {detail[:_DETAIL_LENGTH]}" if detail else self.reason.value

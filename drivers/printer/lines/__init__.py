"""The ways to a receipt printer: each carries bytes there and back, and nothing more. No I/O."""

from __future__ import annotations

from typing import Protocol


class Line(Protocol):
    """An open way to one printer. Every method raises OSError where it is lost."""

    def write(self, data: bytes, wait_s: float) -> int:
        """Send the beginning of `data`; return how many bytes were taken, 0 where none were within `wait_s`."""
        ...

    def read(self, wait_s: float) -> bytes:
        """Return what came, b"" where nothing did within `wait_s`."""
        ...

    def close(self) -> None:
        """Let the printer go."""
        ...

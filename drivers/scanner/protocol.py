"""From the bytes of a code scanner to the codes they complete. No I/O.

What frames a code is cut off (`framing`), then what names its kind (`aim`), where the scanner is set to send it.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.news import Symbology
from drivers.scanner import aim
from drivers.scanner.framing import Framer, Framing


@dataclass(frozen=True, slots=True)
class Code:
    """What one code says, and its kind where the scanner tells."""

    content: bytes
    symbology: Symbology = Symbology.UNKNOWN


class ScannerProtocol:
    """Feed it bytes as they arrive; it returns the codes they complete."""

    def __init__(self, framing: Framing | None = None) -> None:
        self._framing = framing or Framing()
        self._framer = Framer(self._framing)

    @property
    def pending(self) -> bool:
        """Whether it waits for the end of something: call `flush` when that does not come in time."""
        return self._framer.pending

    @property
    def dropped_bytes(self) -> int:
        """How much made no sense, since the beginning."""
        return self._framer.dropped_bytes

    def receive(self, data: bytes) -> list[Code]:
        """Return the codes completed by `data`, oldest first."""
        return self._codes(self._framer.receive(data))

    def flush(self) -> list[Code]:
        """Nothing came for a while: return the codes that this ends."""
        return self._codes(self._framer.flush())

    def spoil(self) -> None:
        """Drop what is pending, up to its end: bytes of it were lost."""
        self._framer.spoil()

    def _codes(self, frames: list[bytes]) -> list[Code]:
        codes: list[Code] = []
        for frame in frames:
            # A scanner that forgot its setting (it was reset) still serves: a frame without identifier is a code.
            symbology, content = (aim.split(frame) if self._framing.aim else None) or (Symbology.UNKNOWN, frame)
            if content:
                codes.append(Code(content, symbology))
        return codes

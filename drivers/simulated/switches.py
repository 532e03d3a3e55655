"""The state of a simulated printer's hardware, and its truthful answers to DLE EOT n. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Model:
    """What its maker built."""

    clears: bool = True
    """It drops what it holds at DLE DC4 8, and says so; many copies of Epson's printers do not know the order."""
    marks: bool = True
    """It answers GS r and GS ( H; the cheapest do not."""
    chinese: bool = False
    """Made for China: it takes two bytes for one letter until it is told not to (FS .), and after each ESC @ again."""
    recovers: bool = True
    """It goes on when its cutter is free again; Epson's wait until they are told to (DLE ENQ)."""
    buffer_bytes: int | None = None
    """It takes so much which it cannot print yet, and then no more, not even questions; None: all."""


@dataclass(frozen=True, slots=True)
class Switches:
    """How the hardware is, and how it misbehaves."""

    paper_out: bool = False
    paper_near_end: bool = False
    cover_open: bool = False
    offline: bool = False
    cutter_jammed: bool = False
    overheated: bool = False
    mute: bool = False
    """Prints, and answers nothing."""
    garbled: bool = False
    """Answers bytes that are no answers."""
    stalled: bool = False
    """Takes nothing from the network any more; the connection stays open."""
    drop_after_bytes: int | None = None
    """The cable is torn out when so many more bytes have come."""
    paper_left_dots: int | None = None
    """What is left on the roll; it runs out in the middle of a paper."""

    late_s: float = 0.0
    """Each answer comes so much later."""
    trouble_after_bytes: int | None = None
    """Its `trouble` comes when so many more bytes have come."""
    trouble: Literal["paper_out", "cover_open", "offline", "overheated"] = "paper_out"
    """The switch that is turned on then."""

    def in_trouble(self) -> Switches:
        """Return them after the trouble has come."""
        over = replace(self, trouble_after_bytes=None)
        match self.trouble:
            case "paper_out":
                return replace(over, paper_out=True)
            case "cover_open":
                return replace(over, cover_open=True)
            case "offline":
                return replace(over, offline=True)
            case _:
                return replace(over, overheated=True)

    @property
    def prints(self) -> bool:
        """Whether what is received comes out on paper."""
        return not (self.paper_out or self.cover_open or self.offline or self.cutter_jammed or self.overheated)

    def status(self, question: int) -> int:
        """Return the answer to DLE EOT `question`; bits 1 and 4 are always set."""
        if self.garbled:
            return 0xFF
        error = self.cutter_jammed or self.overheated
        bits = {
            1: {0x08: not self.prints},
            2: {0x04: self.cover_open, 0x20: self.paper_out, 0x40: error},
            3: {0x08: self.cutter_jammed, 0x40: self.overheated},
            4: {0x0C: self.paper_near_end or self.paper_out, 0x60: self.paper_out},
        }
        return 0x12 | sum(bit for bit, shown in bits.get(question, {}).items() if shown)

    def automatic_status(self) -> bytes:
        """Return the four bytes of the automatic status (GS a): bit 4 is set in the first, in the others clear."""
        first = 0x10 | (0x08 if not self.prints else 0) | (0x20 if self.cover_open else 0)
        second = (0x08 if self.cutter_jammed else 0) | (0x40 if self.overheated else 0)
        third = (0x03 if self.paper_near_end or self.paper_out else 0) | (0x0C if self.paper_out else 0)
        return bytes([first, second, third, 0])

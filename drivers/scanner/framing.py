"""Where a code begins and ends among the bytes of a scanner. No I/O.

    LINE    [prefix] code [suffix] CR, LF or CRLF, whatever the scanner was set to
    STX     STX [prefix] code [suffix] ETX       for codes that hold CR or LF
    IDLE    [prefix] code [suffix] silence       for scanners that end a code with nothing

An empty code is no code. What is longer than any code (noise, a wrong speed), comes between STX frames or lacks the
prefix or suffix is dropped up to its end, and counted as nonsense: it is never taken for a code. So is the first half
of a code whose end does not come. Promise: how the bytes are chunked never matters, and no bytes raise anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

# A QR code of version 40 holds 2,953 bytes (ISO/IEC 18004:2015, table 7), the most of any code we read. The rest is
# for what stands around it: identifiers, and backslashes sent twice.
MAX_FRAME_BYTES = 4096

_STX, _ETX = b"\x02", b"\x03"
_BETWEEN_FRAMES = b"\0\r\n"  # many scanners end the line after ETX, too
# A scanner sends a code in one go; the slowest line (9,600 baud) takes a millisecond a byte, a radio link half a
# second when it sends a packet again. What has not come after this does not come.
_STALE_S = 1.0


class Ending(Enum):
    """What ends a code."""

    LINE = auto()
    STX = auto()
    IDLE = auto()


@dataclass(frozen=True, slots=True)
class Framing:
    """How a scanner was set to send its codes; the default is how most leave the factory."""

    ending: Ending = Ending.LINE
    prefix: bytes = b""
    suffix: bytes = b""
    # AIM identifiers before each code: only when the scanner is set so, for a citizen's code may begin with "]", too.
    aim: bool = False
    # Twice the 50 ms that a scanner may pause within a code when it emulates a keyboard.
    idle_s: float = 0.1

    @property
    def patience_s(self) -> float:
        """For how long nothing may come before `flush` is to be called."""
        return self.idle_s if self.ending is Ending.IDLE else _STALE_S


class Framer:
    """Feed it bytes as they arrive; it returns the frames they complete, without what stands around them."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._frame = bytearray()
        self._began = framing.ending is not Ending.STX
        self._spoiled = False
        self.dropped_bytes = 0
        """How much made no sense."""

    @property
    def pending(self) -> bool:
        """Whether it waits for the end of something: call `flush` when that does not come."""
        return bool(self._frame) or self._spoiled

    def receive(self, data: bytes) -> list[bytes]:
        """Return the frames completed by `data`, oldest first."""
        match self._framing.ending:
            case Ending.LINE:
                *finished, rest = data.replace(b"\n", b"\r").split(b"\r")
            case Ending.STX:
                *finished, rest = data.split(_ETX)
            case Ending.IDLE:
                finished, rest = [], data
        frames: list[bytes] = []
        for part in finished:
            self._take(part)
            frames += self._end()
        self._take(rest)
        return frames

    def flush(self) -> list[bytes]:
        """Nothing came for a while: return what this ends, or forget the half that was waiting."""
        if self._framing.ending is Ending.IDLE:
            return self._end()
        self.dropped_bytes += len(self._frame)
        self._restart()
        return []

    def spoil(self) -> None:
        """Drop what is pending, up to its end: bytes of it were lost."""
        self.dropped_bytes += len(self._frame)
        self._frame.clear()
        self._spoiled = True

    def _take(self, part: bytes) -> None:
        if self._framing.ending is not Ending.STX:
            self._add(part)
            return
        rest, *begun = part.split(_STX)
        if self._began:
            self._add(rest)
        else:
            self.dropped_bytes += len(rest.translate(None, _BETWEEN_FRAMES))
        for piece in begun:  # an STX within a frame begins it anew: its end was lost
            self.dropped_bytes += len(self._frame)
            self._restart()
            self._began = True
            self._add(piece)

    def _add(self, part: bytes) -> None:
        if self._spoiled:
            self.dropped_bytes += len(part)
        else:
            self._frame += part
            if len(self._frame) > MAX_FRAME_BYTES:
                self.spoil()

    def _end(self) -> list[bytes]:
        frame = bytes(self._frame)
        self._restart()
        if self._framing.ending is Ending.LINE:
            # A line that is plugged in, or breaks, reads as NULs; a code that begins with them wants STX.
            frame = frame.lstrip(b"\0")
        prefix, suffix = self._framing.prefix, self._framing.suffix
        code = frame[len(prefix) : len(frame) - len(suffix)]
        if prefix + code + suffix != frame:
            self.dropped_bytes += len(frame)
            return []
        return [code] if code else []

    def _restart(self) -> None:
        self._frame.clear()
        self._spoiled = False
        self._began = self._framing.ending is not Ending.STX

"""Beeps as 16-bit little-endian samples. No I/O.

Frequencies lie between 500 and 1500 Hz: older ears lose what is above, and small loudspeakers what is below. A beep
says the same as a word on the screen, never more; they differ in rhythm, not in pitch alone.
"""

from __future__ import annotations

import array
import math
import sys
from dataclasses import dataclass
from enum import Enum, auto

RATE_HZ = 22_050
# Rising and falling so long keeps a loudspeaker from clicking.
_EDGE_S = 0.008


class Beep(Enum):
    """What a beep means."""

    TOUCHED = auto()
    DONE = auto()
    WRONG = auto()
    ATTENTION = auto()
    """Before a spoken call."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine for a while; 0 Hz is silence."""

    hz: float
    for_s: float


TONES = {
    Beep.TOUCHED: (Tone(1000, 0.03),),
    Beep.DONE: (Tone(880, 0.1), Tone(1320, 0.15)),
    Beep.WRONG: (Tone(523, 0.12), Tone(0, 0.08), Tone(523, 0.12), Tone(0, 0.08), Tone(523, 0.25)),
    Beep.ATTENTION: (Tone(659, 0.35), Tone(523, 0.55)),
}


def samples(tones: tuple[Tone, ...], rate_hz: int = RATE_HZ) -> bytes:
    """Return tones one after the other, at full scale."""
    pcm = array.array("h")
    for tone in tones:
        length = round(tone.for_s * rate_hz)
        edge = min(round(_EDGE_S * rate_hz), length // 2) or 1
        for at in range(length):
            swell = min(1.0, at / edge, (length - 1 - at) / edge)
            pcm.append(round(0x7FFF * swell * math.sin(2 * math.pi * tone.hz * at / rate_hz)))
    if sys.byteorder == "big":
        pcm.byteswap()
    return pcm.tobytes()

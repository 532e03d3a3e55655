"""How loud something is, in decibels at the citizen's ear, and the samples for it. No I/O.

An output is measured once, when it is built in: how loud a full-scale tone is where people stand. From then on
loudness is said in dB(A), and made by scaling the samples: no mixer has to be set, and none can be left wrong.
A private listener must reach 65 dB (ADA 2010, 707.5.2; a public loudspeaker 10 dB over its surroundings): below that
nothing is set, and above what the output can do neither.
"""

from __future__ import annotations

import array
import sys
from dataclasses import dataclass

LEAST_DB = 65.0
# Longer than a citizen turns a knob: nobody is startled by the next one's session, see `Loudness.usual_db`.
STEP_DB = 3.0
_LIMIT = 0x7FFF


@dataclass(frozen=True, slots=True)
class Loudness:
    """What an output can do, and how loud it is when nobody has asked for more or less."""

    full_scale_db: float = 85.0
    usual_db: float = 70.0

    def within(self, wanted_db: float) -> float:
        """Return the loudness nearest to `wanted_db` that may be set."""
        return min(max(wanted_db, LEAST_DB), max(self.full_scale_db, LEAST_DB))

    def gain(self, wanted_db: float) -> float:
        """Return by what samples are multiplied to be so loud; never more than 1, which would distort them."""
        return float(min(1.0, 10 ** ((self.within(wanted_db) - self.full_scale_db) / 20)))


def scaled(pcm: bytes, gain: float) -> bytes:
    """Return 16-bit little-endian samples, louder or softer; half a sample at the end is left out."""
    samples = array.array("h", pcm[: len(pcm) & ~1])
    if sys.byteorder == "big":
        samples.byteswap()
    louder = array.array("h", (max(-_LIMIT, min(_LIMIT, round(sample * gain))) for sample in samples))
    if sys.byteorder == "big":
        louder.byteswap()
    return louder.tobytes()

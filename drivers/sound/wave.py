"""The samples of a WAV file, as espeak-ng writes it into a pipe. No I/O.

    "RIFF" length "WAVE" · chunks: name length content …        (Microsoft, Multimedia Programming Interface 1.0, ch. 3)

Written into a pipe, the lengths are not known yet and are nonsense: samples go up to the end of what there is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_PCM = 1
_CHUNK = struct.Struct("<4sI")
_FORMAT = struct.Struct("<HHIIHH")


class NoWaveError(ValueError):
    """These bytes are no WAV file, or none of 16-bit samples in one channel."""


@dataclass(frozen=True, slots=True)
class Pcm:
    """16-bit little-endian samples, one channel."""

    rate_hz: int
    samples: bytes


def read(data: bytes) -> Pcm:
    """Return the samples of a WAV file.

    Raises:
        NoWaveError: it has none that we can play.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise NoWaveError("it does not begin as a WAV file")
    rate_hz = 0
    at = 12
    while at + _CHUNK.size <= len(data):
        name, length = _CHUNK.unpack_from(data, at)
        content = data[at + _CHUNK.size : at + _CHUNK.size + length]
        if name == b"fmt " and len(content) >= _FORMAT.size:
            kind, channels, rate_hz, _, _, bits = _FORMAT.unpack_from(content)
            if (kind, channels, bits) != (_PCM, 1, 16) or not 4000 <= rate_hz <= 192_000:  # noqa: PLR2004  (any card's)
                raise NoWaveError(f"{bits!r} bits, {channels!r} channels, {rate_hz!r} Hz")
        elif name == b"data" and rate_hz:
            return Pcm(rate_hz, content[: len(content) & ~1])
        at += _CHUNK.size + length + length % 2
    raise NoWaveError("it holds no samples")

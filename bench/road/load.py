"""What every peer is given, and what accepting it took. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SEED = 7
DEVICE = "kiosk-bench"
TOPIC = f"bench/{DEVICE}/up"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a device finds its broker, and the words which start a program on the device's side of the link."""

    host: str
    port: int
    inside: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """The address as peers' programs read it."""
        return [self.host, str(self.port)]


@dataclass(frozen=True, slots=True)
class Load:
    """How many records to accept, from a file of one JSON object a line, by how many producers at once."""

    records: Path
    count: int
    producers: int = 1


class Enqueued(msgspec.Struct, frozen=True):
    """What accepting a load took, as the accepting process saw it; programs print it as JSON."""

    count: int
    rate_per_s: float
    p50_us: float
    p99_us: float


def enqueued(latencies_s: Sequence[float], elapsed_s: float) -> Enqueued:
    """Return the figures of one load: `latencies_s` has one value a record, from the call to its promise."""
    ordered, count = sorted(latencies_s), len(latencies_s)
    return Enqueued(
        count,
        rate_per_s=count / elapsed_s,
        p50_us=ordered[count // 2] * 1e6,
        p99_us=ordered[min(count * 99 // 100, count - 1)] * 1e6,
    )

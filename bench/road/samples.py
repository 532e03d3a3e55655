"""Made-up assistances, drawn like the real thing: 10,000 of them weigh some 280 bytes each as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sync.entry import Entry, Moment
from sync.records import AgeBand, AssistanceRecorded, Channel, Nature, Outcome, Status, fields, kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

# Shares of assistance by operator (Cour des comptes, September 2024): five of them are 80 %.
_PARTNERS = {"france-titres": 19, "caf": 16, "cpam": 16, "dgfip": 15, "carsat": 14, "france-travail": 8, "msa": 5}
_PARTNERS |= {"la-poste": 3, "justice": 2, "prefecture": 2}
_THEMES = ["impots", "rsa", "carte-grise", "permis", "retraite", "logement", "carte-vitale", "energie", "courrier"]
_THEMES += ["passeport", "naissance", "deces", "demenagement", "prime-activite", "handicap", "titre-de-sejour"]
BOOT = "3f2a9c1e-6d0b-4a47-9a55-0f6f2f0d1c7b"


def entries(count: int, random: Random) -> Iterator[Entry]:
    """Yield `count` assistances of one place, some minutes apart."""
    place = f"FS-{random.randrange(2_800):05}"
    wall_ms, boottime_ms = 1_790_000_000_000 + random.randrange(10**9), random.randrange(10**7)
    for _ in range(count):
        passed_ms = random.randrange(20_000, 2_400_000)
        wall_ms, boottime_ms = wall_ms + passed_ms, boottime_ms + passed_ms
        names = random.choices(list(_PARTNERS), list(_PARTNERS.values()), k=random.choice([1, 1, 1, 2]))
        record = AssistanceRecorded(
            place=place,
            partners=tuple(dict.fromkeys(names)),
            theme=random.choice(_THEMES),
            channel=random.choice([Channel.ON_SITE, Channel.ON_SITE, Channel.BUS, Channel.TELEPHONE, Channel.HOME]),
            nature=random.choice(list(Nature)),
            outcome=random.choice([Outcome.SOLVED, Outcome.SOLVED, Outcome.TO_FOLLOW, Outcome.REDIRECTED]),
            duration_band_min=random.choice([30, 30, 60, 120, 0]),
            age=random.choice(list(AgeBand)),
            status=random.choice(list(Status)),
            first_time=random.random() < 0.3,
        )
        yield Entry(Moment(BOOT, boottime_ms * 1_000_000, wall_ms / 1000, synchronised=True), record)


def as_json(entry: Entry, device: str, number: int) -> bytes:
    """Return `entry` as a user of a queue without sealing would write it: one JSON object, with its identity."""
    time = round(entry.time.wall_s * 1000)
    plain: dict[str, Any] = {"device": device, "seq": number, "kind": kind(entry.record), "wall_ms": time}
    return json.dumps({**plain, **fields(entry.record)}, separators=(",", ":")).encode()

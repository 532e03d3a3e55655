"""One delivery of many devices' records with a fault in its midst, and what came of it: lost, doubled, stalled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from crowd.device import SimulatedDevice
from crowd.sockets import Crowd
from fleet.hub.opener import open_stored
from fleet.hub.schema import records
from fleet.hub.store import HubStore
from fleet.settings import load
from sync import keys
from sync.seal import key_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from crowd.codec import Version
    from crowd.enrolment import Enrolled
    from crowd.premises import Premises
    from crowd.sockets import Door

_DEADLINE_S = 300
# The fault comes when so many devices are served, and is mended so much later.
_FAULT_SHARE = 0.33
_MEND_AFTER_S = 5.0


@dataclass(slots=True)
class Fault:
    """Something that breaks in the midst of a run, and is mended later (or is not)."""

    name: str
    strike: Callable[[], object]
    mend: Callable[[], object] = int
    struck_s: float = 0.0
    mended: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """How the simulated devices speak to the broker."""

    version: Version
    doors: tuple[Door, ...]


def deliver(
    enrolled: Sequence[Enrolled], hub_key: Ed25519PublicKey, client: Client, fault: Fault | None
) -> dict[str, object]:
    """Have every device deliver its records, with `fault` on the way, and return the figures."""
    members = [(SimulatedDevice(one.day, hub_key, client.version), one.tls) for one in enrolled]
    crowd = Crowd(members, client.doors)

    def look(now_s: float) -> None:
        if fault is None:
            return
        if not fault.struck_s and len(crowd.course.stored_s) >= _FAULT_SHARE * len(members):
            fault.struck_s = now_s
            fault.strike()
        elif fault.struck_s and not fault.mended and now_s >= fault.struck_s + _MEND_AFTER_S:
            fault.mended = True
            fault.mend()

    crowd.run(_DEADLINE_S, look)
    crowd.close()
    course = crowd.course
    all_s = max(course.stored_s, default=0.0)
    sent = sum(device.frames_sent for device, _ in members)
    needed = sum(len(one.day.frames) for one in enrolled)
    figures: dict[str, object] = {
        "devices": len(members),
        "served": len(course.stored_s),
        "all connected after (s)": round(max(course.connected_s, default=0.0), 1),
        "all stored after (s)": round(all_s, 1),
        "records/s": round(sum(one.day.records for one in enrolled) / all_s) if all_s else 0,
        "frames sent for each needed": round(sent / needed, 2),
        "answers refused": sum(len(device.faults) for device, _ in members),
        "connections lost": sum(course.lost_connections.values()),
    }
    if fault is not None:
        figures |= {
            "fault": fault.name,
            "fault at (s)": round(fault.struck_s, 1),
            "longest silence after it (s)": round(_silence_s(course.progress_s, fault.struck_s), 1),
        }
    return figures


def count(premises: Premises, enrolled: Sequence[Enrolled]) -> dict[str, object]:
    """Open what the hub has stored and say what is lost and what came twice.

    A record's own time tells it from every other of its device; the database's keys are not asked.
    """
    config = load(premises.hub / "hub.toml")
    private = [keys.load_opening(path) for path in config.keys.opening_files]
    store = HubStore.open(config.database_url)
    open_stored(store, {key_id(key.public_key()): key for key in private})
    distinct = select(records.c.device, records.c.boottime_ns).distinct().subquery()
    with store.transaction() as connection:
        there = int(connection.scalar(select(func.count()).select_from(records)) or 0)
        different = int(connection.scalar(select(func.count()).select_from(distinct)) or 0)
    store.close()
    sent = sum(one.day.records for one in enrolled)
    return {"records": sent, "lost": sent - different, "doubled": there - different}


def _silence_s(progress_s: Sequence[float], since_s: float) -> float:
    """Return the longest time after `since_s` in which no device heard that more was stored."""
    after = [since_s, *(at_s for at_s in progress_s if at_s > since_s)]
    return max((later - earlier for earlier, later in pairwise(after)), default=0.0)

"""Findings that the operator has looked into: kept with a note, they count no more. Adapter: database.

What is settled is what was found on that day, number by number: whatever is found of the same stream later is new.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from fleet.hub.schema import settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from fleet.hub.account import Account
    from fleet.hub.store import HubStore

# Of a range's numbers that is no fork and no finding of the lineage.
MISSING, LOST = "missing", "lost"


class SettleError(Exception):
    """Nothing was settled: the stream is not there, or nothing of it is open; see `guichet-hub ledger`."""


@dataclass(frozen=True, slots=True)
class Settled:
    """One finding: its kind, the rows it is about (0 for a whole stream), the other stream; why, and when."""

    stream: bytes
    kind: str
    first_seq: int
    last_seq: int
    other: bytes | None
    note: str
    settled_s: int


def settled_of(connection: Connection, device: str) -> Mapping[bytes, Sequence[Settled]]:
    """Return what was settled of each stream of `device`, the earliest first."""
    of_streams: defaultdict[bytes, list[Settled]] = defaultdict(list)
    for found in connection.execute(select(settled).where(settled.c.device == device).order_by(settled.c.id)):
        stream, other = bytes(found.stream), bytes(found.other) if found.other is not None else None
        one = Settled(stream, found.kind, found.first_seq, found.last_seq, other, found.note, found.settled_s)
        of_streams[stream].append(one)
    return of_streams


def settle(store: HubStore, told: Account, stream: str, note: str) -> Sequence[Settled]:
    """Settle, with `note`, all that `told` finds wrong with the one stream whose name (hex) begins with `stream`.

    Raises:
        SettleError: there is no such stream, or more than one, or nothing of it is open.
        StoreError: the database refused.
    """
    named = [each for each in told.unsettled.streams if each.stream.hex().startswith(stream.lower())]
    if len(named) != 1:
        found = f"{len(named)} streams begin" if named else "no stream begins"
        raise SettleError(f"of {told.device.name!r} {found} with {stream!r}")
    [left] = named
    now_s = int(time.time())
    of_rows = [(kind, *span) for kind, spans in ((MISSING, left.missing), (LOST, left.lost)) for span in spans]
    of_rows += [(kind, seq, seq) for seq, kind in left.forks]
    done = [Settled(left.stream, kind, first, last, None, note, now_s) for kind, first, last in of_rows]
    done += [
        Settled(left.stream, finding.kind.name.lower(), 0, 0, finding.other, note, now_s)
        for finding in told.unsettled.findings
        if finding.stream == left.stream
    ]
    if not done:
        raise SettleError(f"nothing of stream {left.stream.hex()[:8]} of {told.device.name!r} is open")
    with store.transaction() as connection:
        connection.execute(
            insert(settled),
            [
                {
                    "device": told.device.name,
                    "stream": each.stream,
                    "kind": each.kind,
                    "first_seq": each.first_seq,
                    "last_seq": each.last_seq,
                    "other": each.other,
                    "note": note,
                    "settled_s": now_s,
                }
                for each in done
            ],
        )
    return done

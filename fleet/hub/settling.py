"""The operator has looked into what is wrong with a stream. Adapter: database."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import insert

from fleet.hub.schema import settled
from fleet.hub.settled import LOST, MISSING, Settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fleet.hub.account import Account
    from fleet.hub.store import HubStore


class SettleError(Exception):
    """Nothing was settled: the stream is not there, or nothing of it is open; see `guichet-hub ledger`."""


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

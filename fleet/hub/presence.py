"""Which of several ingest processes run: each says so in the database, and sees who does not. Adapter: database.

Frames flow as long as one of them runs, so that nothing else shows that another is away; but what a device declares in
its births is heard by one certain ingest. Two sets on one database, each at its own broker, are not told apart.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import select

from fleet.hub.database import upsert
from fleet.hub.schema import ingests
from fleet.hub.share import Share
from sync.topics import StateTopic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from fleet.hub.store import HubStore

BEAT_S = 60
# Two beats and a slow transaction.
_AWAY_S = 150


def be_seen(store: HubStore, share: Share) -> Sequence[int]:
    """Note that the process of `share` runs, and return the numbers of those beside it that do not.

    Raises:
        StoreError: the database cannot be used.
    """
    now_s = int(time.time())
    with store.transaction() as connection:
        seen = upsert(connection, ingests).values(number=share.number, count=share.count, seen_s=now_s)
        keys = [ingests.c.number, ingests.c.count]
        connection.execute(seen.on_conflict_do_update(index_elements=keys, set_={"seen_s": now_s}))
        present = {each.number for each in _present(connection, now_s) if each.count == share.count}
    return [number for number in range(1, share.count + 1) if number not in present]


def unheard(connection: Connection, device: str) -> Share | None:
    """Return the ingest that would hear the births of `device`, where others run and it does not."""
    present = _present(connection, int(time.time()))
    if not present or any(share.takes(str(StateTopic(device))) for share in present):
        return None
    count = max(share.count for share in present)
    return next(
        share for number in range(1, count + 1) if (share := Share(number, count)).takes(str(StateTopic(device)))
    )


def _present(connection: Connection, now_s: int) -> list[Share]:
    lately = select(ingests.c.number, ingests.c.count).where(ingests.c.seen_s > now_s - _AWAY_S)
    return [Share(number, count) for number, count in connection.execute(lately)]

"""`link.json`: what the sync service tells the other programs of the device. Adapter: one small file in memory.

{"version": of the configuration, "link": "up" | "down", "since": ISO 8601, "reason": …,
 "waiting": records, "oldest": ISO 8601 | null,
 "outbox": "plenty" | "low" | "full", "used_bytes": …, "limit_bytes": …, "epoch": …}
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import structlog

from sync.link import LinkDown, LinkUp
from sync.outbox import Level

if TYPE_CHECKING:
    from pathlib import Path

    from sync.outbox import Outbox

log = structlog.get_logger()
# Counting what waits costs a millisecond; whoever reads the file looks now and then.
_AT_MOST_EVERY_S = 1.0


class LinkReport:
    """Writes the file when something has changed, at most once a second."""

    def __init__(self, path: Path, limit_bytes: int, version: int = 0) -> None:
        self._path = path
        # Of the configuration, as this process runs it.
        self.version = version
        self._limit_bytes = limit_bytes
        self._link: dict[str, Any] = {"link": "down", "since": None, "reason": "starting"}
        self._written: dict[str, Any] = {}
        self._written_s: float | None = None
        # When a change that came too soon is to be written, on the clock of `write`.
        self.due_s: float | None = None

    def link(self, event: LinkUp | LinkDown, wall_s: float) -> None:
        """Note what became of the link, at `wall_s` (Unix seconds)."""
        state = "up" if isinstance(event, LinkUp) else "down"
        reason = event.reason if isinstance(event, LinkDown) else None
        since = self._link["since"] if state == self._link["link"] else _iso(wall_s)
        self._link = {"link": state, "since": since, "reason": reason}

    def write(self, outbox: Outbox, now_s: float) -> None:
        """Write what is so now; `now_s` comes from a clock that never jumps.

        Raises:
            OutboxError: the outbox cannot be read.
        """
        if self._written_s is not None and now_s < self._written_s + _AT_MOST_EVERY_S:
            self.due_s = self._written_s + _AT_MOST_EVERY_S
            return
        self.due_s = None
        summary = outbox.summary(self._limit_bytes)
        known = {
            "version": self.version,
            **self._link,
            "waiting": summary.waiting,
            "oldest": None if summary.since_s is None else _iso(summary.since_s),
            "outbox": summary.level.value,
            "used_bytes": summary.used_bytes,
            "limit_bytes": summary.limit_bytes,
            "epoch": outbox.epoch(),
        }
        if known == self._written:
            return
        if summary.level is not Level.PLENTY and self._written.get("outbox") != summary.level.value:
            log.warning("outbox", level=summary.level.value, used_bytes=summary.used_bytes, waiting=summary.waiting)
        self._written, self._written_s = known, now_s
        unfinished = self._path.with_suffix(".part")
        try:
            unfinished.write_text(json.dumps(known), encoding="utf-8")
            unfinished.replace(self._path)
        except OSError as error:  # a report is no reason to stop delivering
            log.warning("cannot say how the link is", file=str(self._path), reason=error.strerror)


def _iso(wall_s: float) -> str:
    return dt.datetime.fromtimestamp(int(wall_s), dt.UTC).isoformat()

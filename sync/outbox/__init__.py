"""The outbox: sealed rows that wait on the device for the hub, in SQLite.

outbox      append, read, settle, forget: all that the rest of `sync` needs
check       streams and rows as values, and their checksums          tables   their SQL
file        which generation of the file is in force, locks          schema   tables, and older forms
room        what it takes, and what may go                           summary  what waits
faults      why it could not
confirmation  what the hub's word about a stream came to
salvage     setting a damaged file aside, and opening whatever is there
wreck       what a damaged file still gives, by sqlite_pages and sqlite_log
"""

from __future__ import annotations

from sync.outbox.check import Stream
from sync.outbox.confirmation import Confirmation, Verdict
from sync.outbox.faults import OutboxError, OutboxFault
from sync.outbox.outbox import Batch, Outbox
from sync.outbox.summary import Level, Summary

__all__ = ["Batch", "Confirmation", "Level", "Outbox", "OutboxError", "OutboxFault", "Stream", "Summary", "Verdict"]

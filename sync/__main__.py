"""`python -m sync SITE.toml`: the sync service as a process of its own; `guichet sync` becomes it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from config import command, journal, store
from config.fault import ConfigError
from sync.keys import KeyFileError
from sync.lock import AlreadyRunningError
from sync.outbox import OutboxError
from sync.service import SyncService
from sync.tls import CertificateFileError

_MENDABLE = (ConfigError, OutboxError, AlreadyRunningError, KeyFileError, CertificateFileError)


def _serve() -> None:
    journal.log_as_json()
    service = SyncService(store.load(Path(sys.argv[1])))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    service.run()


command.run("guichet", _serve, _MENDABLE)

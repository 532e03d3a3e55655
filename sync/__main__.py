"""`python -m sync SITE.toml`: the sync service as a process of its own; `guichet sync` becomes it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from config import command, journal, vital_signs
from config.fault import ConfigError
from config.impact import sync_begins_anew
from config.in_force import begin
from config.watching import Watching
from sync.keys import KeyFileError
from sync.lock import AlreadyRunningError
from sync.outbox import OutboxError
from sync.service import SyncService
from sync.tls import CertificateFileError

if TYPE_CHECKING:
    from config.in_force import InForce

_MENDABLE = (ConfigError, OutboxError, AlreadyRunningError, KeyFileError, CertificateFileError)


def _serve() -> None:
    journal.log_as_json()
    site = Path(sys.argv[1])
    in_force = begin(site, vital_signs.SYNC)
    service = SyncService(in_force.config, in_force.version)
    anew = []

    def changed(arrived: InForce) -> None:
        if sync_begins_anew(in_force.config, arrived.config):
            anew.append(arrived.version)
            service.stop()
        else:
            service.adopt(arrived.version)

    watching = Watching(site, in_force, changed)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    watching.start()
    try:
        service.run()
    finally:
        watching.stop()
    if anew:
        # In place of this process: the same number for whoever watches it.
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  (no shell, our own program)


command.run("guichet", _serve, _MENDABLE)

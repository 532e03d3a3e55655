"""`guichet sync`: the service which brings the outbox to the hub."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from config import journal, store


def sync(
    config: Annotated[Path, typer.Option(help="The device's configuration (TOML).")] = Path("/etc/guichet/site.toml"),
) -> None:
    """Deliver what the outbox holds to the hub, until stopped."""
    from sync.service import SyncService  # noqa: PLC0415  (paho and TLS would slow every other command)

    journal.log_as_json()
    service = SyncService(store.load(config))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    service.run()

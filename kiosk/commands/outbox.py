"""`guichet outbox`: what waits on this device, and what the hub has confirmed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer

from config import store
from sync.outbox.file import outbox_exists
from sync.outbox.salvage import open_mended


def outbox(
    config: Annotated[Path, typer.Option(help="The device's configuration (TOML).")] = Path("/etc/guichet/site.toml"),
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say how many records wait, since when, and how many the hub has confirmed."""
    settings = store.load(config).device
    path = settings.state_dir / "outbox.db"
    if not outbox_exists(path):
        typer.echo(f"guichet: no outbox at {str(path)!r}: nothing was ever queued here", err=True)
        raise typer.Exit(2)
    box = open_mended(path, settings.name)
    summary, streams = box.summary(), box.streams()
    box.close()
    since = None if summary.since_s is None else dt.datetime.fromtimestamp(summary.since_s, dt.UTC).isoformat()
    if as_json:
        answer = {
            "device": settings.name,
            "waiting": summary.waiting,
            "since": since,
            "confirmed": summary.confirmed,
            "streams": [
                {"stream": s.stream.hex(), "last_seq": s.last.seq, "stored_seq": s.stored.seq, "forked": s.forked}
                for s in streams
            ],
        }
        typer.echo(json.dumps(answer, indent=1))
        return
    waiting = f"{summary.waiting} wait since {since}" if summary.waiting else "none waits"
    typer.echo(f"{settings.name}: {waiting}; the hub has confirmed {summary.confirmed}")
    if summary.forked_streams:
        typer.echo(f"{summary.forked_streams} streams contradict what the hub holds; see `guichet-hub`")

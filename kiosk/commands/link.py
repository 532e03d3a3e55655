"""`guichet sync`: the service which brings the outbox to the hub."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def sync(
    config: Annotated[Path, typer.Option(help="The device's configuration (TOML).")] = Path("/etc/guichet/site.toml"),
) -> None:
    """Deliver what the outbox holds to the hub, until stopped."""
    # In place of this process: what has parsed the command line would keep 11 MB for as long as the service lives.
    os.execv(sys.executable, [sys.executable, "-P", "-m", "sync", str(config)])  # noqa: S606  (no shell, our own program)

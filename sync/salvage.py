"""Opening the outbox so that damage does not stop it. Adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.outbox import Outbox

if TYPE_CHECKING:
    from pathlib import Path


def open_mended(path: Path, device: str) -> Outbox:
    """Open the outbox at `path`.

    Raises:
        OutboxError: it cannot be opened.
    """
    return Outbox.open(path, device)

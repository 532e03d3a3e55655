"""The operator's folder as the commands are told of it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fleet.hub.store import HubStore
from fleet.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path("/var/lib/guichet-hub")
Folder = Annotated[Path, typer.Option("--hub", help="The operator's folder, made by `init`.")]


@contextmanager
def store_of(folder: Path) -> Iterator[HubStore]:
    """Open the database that the folder's hub.toml names, and close it."""
    store = HubStore.open(load(folder / "hub.toml").database_url)
    try:
        yield store
    finally:
        store.close()

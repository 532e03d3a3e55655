"""`guichet-hub import`: what devices have sent by USB stick."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (typer reads the annotations at run time)
from typing import Annotated

import typer

from fleet.commands.folder import FOLDER, Folder, store_of
from fleet.hub.carrier import Carried, carry
from fleet.settings import load
from sync import keys

_BROKEN = 3


def import_(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The stick, or any folder.")], hub: Folder = FOLDER
) -> None:
    """Take in what `guichet export` wrote to DIR, and write the answers beside; exit with 3 where a file is broken."""
    signing_key = keys.load_signing(load(hub / "hub.toml").keys.signing_file)
    broken = 0
    with store_of(hub) as store:
        for carried in carry(store, signing_key, directory):
            typer.echo(_sentence(carried))
            for name, reason in carried.broken:
                typer.echo(f"  {_shown(name)}: {reason}", err=True)
            broken += len(carried.broken)
    if broken:
        raise typer.Exit(_BROKEN)


def _sentence(carried: Carried) -> str:
    said = f"{_shown(carried.device)}: {carried.rows} rows in {carried.frames} frames, {carried.new_rows} of them new"
    if carried.forks:
        said += f"; {carried.forks} frames contradict what is stored (see `guichet-hub ledger {carried.device}`)"
    if carried.passed_over:
        said += f"; {carried.passed_over} files were passed over, it is in quarantine"
    if carried.broken:
        said += f"; {len(carried.broken)} files could not be used"
    return said + ("; the answer is written" if carried.answered else "; no answer")


def _shown(name: str) -> str:
    """Return a name as a terminal may show it: whoever has had the stick may have put any bytes into it."""
    return name if name.isprintable() else ascii(name)

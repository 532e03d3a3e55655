"""`guichet-hub keys`: the hub's opening keys, their rotation, and which are still needed."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from fleet.commands.folder import FOLDER, Folder, store_of
from fleet.hub.opening_keys import OpeningKey, needed, rotate
from fleet.settings import load

app = typer.Typer(no_args_is_help=True, help="The hub's opening keys: what devices seal to.")
_MISSING = 3
# Names of devices in one line; all of them are in the JSON form.
_NAMED = 8


@app.command("rotate-opening")
def rotate_opening(hub: Folder = FOLDER) -> None:
    """Make a new opening key; devices that are enrolled from now on seal to it, the old ones still open."""
    public = rotate(hub)
    typer.echo(f"new opening key in force; back it up: {public.with_suffix('.key')}")
    typer.echo(f"give {public} to a device that is enrolled already as its identity/hub-opening.pub")


@app.command("list")
def list_(
    hub: Folder = FOLDER, *, as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False
) -> None:
    """List the opening keys, newest first, and which devices still need them; exit with 3 where one is missing."""
    with store_of(hub) as store:
        found = needed(store, load(hub / "hub.toml").keys.opening_files)
    if as_json:
        typer.echo(json.dumps([_values(key) for key in found], indent=1))
    else:
        for place, key in enumerate(found):
            typer.echo(_sentence(key, newest=place == 0))
    if any(key.file is None for key in found):
        raise typer.Exit(_MISSING)


def _values(key: OpeningKey) -> dict[str, object]:
    return {
        "id": key.id.hex(),
        "file": str(key.file) if key.file else None,
        "needed": {device: [why.name.lower() for why in reasons] for device, reasons in key.needed.items()},
    }


def _sentence(key: OpeningKey, *, newest: bool) -> str:
    names = sorted(key.needed)
    shown = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    if key.file is None:
        return f"{key.id.hex()}  MISSING from hub.toml, and needed by {shown}"
    if newest:
        return f"{key.id.hex()}  {key.file}  in force"
    return f"{key.id.hex()}  {key.file}  " + (f"needed by {shown}" if names else "no longer needed")

"""`guichet config`: check a configuration before it is pushed, and see which value came from where."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from catalogue.pack_fault import PackError
from config import journal
from config import reference as model_reference
from config.fault import ConfigError, Problem
from config.keeper import Keeper
from config.layers import merge
from config.parse import compose
from config.store import load, read_layers
from config.versions import UnpackError

Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Layers, from the general to the particular; later ones win.")
]
app = typer.Typer(no_args_is_help=True, help="Check and explain configurations (TOML).")


@app.command()
def check(files: Files) -> None:
    """Say all that is wrong with FILEs as one configuration, each with its file and line."""
    try:
        compose(read_layers(files))
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{', '.join(map(str, files))}: good")


@app.command()
def show(files: Files) -> None:
    """Print every value that FILEs say together, and where the one that counts is said."""
    merged = merge(read_layers(files))
    for path in merged.said():
        value: Any = merged.table
        for key in path:
            value = value[key]
        typer.echo(f"{'.'.join(path)} = {json.dumps(value, ensure_ascii=False, default=str)}  # {merged.place(path)}")


@app.command()
def keep(
    site: Annotated[Path, typer.Option("--config", metavar="SITE", help="The device's configuration.")] = Path(
        "/etc/guichet/site.toml"
    ),
) -> None:
    """Try what is pushed, see how the device does, and put back what breaks it; until stopped."""
    from config.offer import SignedOffers  # noqa: PLC0415  (python-tuf would slow every other command)
    from config.trust import Trust  # noqa: PLC0415  (as above)

    journal.log_as_json()
    config = load(site)
    state_dir, device = config.device.state_dir, config.device
    if config.hub.root_file is None:
        raise ConfigError((Problem("hub.root_file", "missing: without it nobody's push is believed"),))
    trust = Trust(state_dir / "trust", config.hub.root_file.read_bytes())
    offers = SignedOffers(trust, state_dir / "mirror", device.name, device.group)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    Keeper(site, config, offers, _unpack).run(stopped.wait)


def _unpack(stream: Path, pack: Path) -> None:
    from catalogue import pack_writing  # noqa: PLC0415  (sqlite-utils would slow every other command)

    try:
        pack_writing.unpack(stream, pack)
    except PackError as error:
        raise UnpackError(str(error)) from error


@app.command()
def reference(*, schema: Annotated[bool, typer.Option(help="As JSON Schema, for editors.")] = False) -> None:
    """Print what every setting is: `docs/configuration.md`, or with --schema its JSON Schema."""
    if schema:
        typer.echo(json.dumps(model_reference.schema(), indent=1, ensure_ascii=False))
    else:
        typer.echo(model_reference.reference(), nl=False)

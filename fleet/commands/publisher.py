"""`guichet-hub publisher` and `export`: what is published, on its way to devices by MQTT and by USB stick."""

from __future__ import annotations

import signal
from pathlib import Path  # noqa: TC003  (typer reads the annotations at run time)
from typing import Annotated

import typer

from config import journal
from fleet.commands.folder import FOLDER, Folder
from fleet.settings import load

app = typer.Typer(no_args_is_help=True, help="Announce and give to devices what is published.")


@app.command()
def run(hub: Folder = FOLDER) -> None:
    """Announce what is published, give it to devices, and sign anew what would expire; until stopped."""
    from fleet.publication.keys import load_online  # noqa: PLC0415  (python-tuf would slow every other command)
    from fleet.publication.repository import Repository  # noqa: PLC0415  (as above)
    from fleet.publication.service import PublishingService  # noqa: PLC0415  (as above)

    journal.log_as_json()
    service = PublishingService(
        load(hub / "hub.toml"), lambda: Repository(hub / "publication", load_online(hub / "hub"))
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    service.run()


@app.command()
def prepare(hub: Folder = FOLDER) -> None:
    """Give a hub that an older version made what the publisher needs: a certificate, and rights at the broker."""
    from fleet.premises import make_publisher  # noqa: PLC0415  (certificates would slow every other command)

    if make_publisher(hub):
        typer.echo("prepared; let the broker read its access list again: kill -HUP $(cat broker/mosquitto.pid)")
    else:
        typer.echo("nothing is lacking")


def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The stick, or any folder.")], hub: Folder = FOLDER
) -> None:
    """Write what is published to DIR, for devices that no network reaches: then `guichet import-pushed DIR` there."""
    from fleet.publication.stick import export as write  # noqa: PLC0415  (as above)

    count, length_bytes = write(hub / "publication", directory)
    typer.echo(f"{count} files, {length_bytes / 1e6:.1f} MB in {directory / 'guichet/publication'}")

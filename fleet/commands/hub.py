"""`guichet-hub init`, `enrol`, `run` and `records`: the operator's hub."""

from __future__ import annotations

import json
import signal
from pathlib import Path  # noqa: TC003  (typer reads the annotations at run time)
from typing import Annotated

import typer

from config import journal
from fleet.commands.folder import FOLDER, Folder, store_of
from fleet.hub.share import Share, group_of
from fleet.settings import HubConfig, load
from sync import keys


def init(
    hub: Folder = FOLDER,
    host: Annotated[str, typer.Option(help="Name or address under which devices reach the broker.")] = "localhost",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8883,
    listen: Annotated[str, typer.Option(help="Address on which the broker listens.")] = "0.0.0.0",  # noqa: S104  (a broker's purpose; clients need a certificate)
    ingests: Annotated[
        int, typer.Option(min=0, max=64, help="For how many ingest processes certificates are made.")
    ] = 4,
) -> None:
    """Make the operator's folder: authority, keys, settings, and what mosquitto needs."""
    from fleet.premises import Listener, establish  # noqa: PLC0415  (certificates would slow every other command)

    establish(hub, Listener(host, port, listen), ingests)
    typer.echo(f"hub made in {hub}; start the broker with: mosquitto -c {hub / 'mosquitto.conf'}")


def enrol(
    device: Annotated[str, typer.Argument(help="The device's name: lower-case letters, digits, hyphens.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the device's identity.")],
    hub: Folder = FOLDER,
) -> None:
    """Give a device its key and certificate, and take it into the registry; what it had before counts no more."""
    from fleet import premises, revocation  # noqa: PLC0415  (as above)

    earlier = premises.enrol(hub, device, out)
    typer.echo(f"{device} enrolled; its identity is in {out}")
    if earlier:
        try:
            revocation.withdraw(hub, load(hub / "hub.toml").broker, device, earlier)
        except revocation.BrokerNotToldError as error:
            typer.echo(f"the broker still lets its earlier certificates in: {error}", err=True)


def run(
    hub: Folder = FOLDER,
    ingest: Annotated[
        int | None, typer.Option(min=1, help="Be this one of several; the broker deals frames out among them.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(metavar="K/N", help="Be the K-th of N, by device, for a broker which cannot deal out.")
    ] = None,
) -> None:
    """Take in what devices send, until stopped."""
    from fleet.hub.service import HubService  # noqa: PLC0415  (the database would slow every other command)

    journal.log_as_json()
    config = load(hub / "hub.toml")
    service = HubService(config, _share(ingest, split, config))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    service.run()


def _share(ingest: int | None, split: str | None, config: HubConfig) -> Share | None:
    if ingest is not None and split is not None:
        raise typer.BadParameter("--ingest and --split exclude each other")
    if ingest is not None:
        group = group_of(keys.load_signing(config.keys.signing_file))
        return Share(ingest, len(config.ingests), group)
    if split is None:
        return None
    match [int(part) if part.isdecimal() else 0 for part in split.split("/")]:
        case [number, count] if 1 <= number <= count:
            return Share(number, count)
        case _:
            raise typer.BadParameter(f"{split!r} is not K/N with K from 1 to N, such as 2/4", param_hint="--split")


def records(
    hub: Folder = FOLDER,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """Open what is stored and not yet opened, and print every record."""
    from fleet.hub import opener  # noqa: PLC0415  (as above)
    from sync import seal  # noqa: PLC0415

    private = [keys.load_opening(path) for path in load(hub / "hub.toml").keys.opening_files]
    with store_of(hub) as store:
        opener.open_stored(store, {seal.key_id(key.public_key()): key for key in private})
        found = opener.listing(store)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for record in found:
        rest = {
            key: value for key, value in record.items() if key not in {"device", "kind", "time", "stream_id", "seq"}
        }
        described = ", ".join(f"{key}={value}" for key, value in rest.items())
        typer.echo(
            f"{record['device']}  {record['kind']}  {described}  (stream {record['stream_id']}, {record['seq']})"
        )
    typer.echo(f"{len(found)} records")

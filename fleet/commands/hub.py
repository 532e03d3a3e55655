"""`guichet-hub init`, `enrol`, `run` and `records`: the operator's hub."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Annotated

import typer

from config import journal

_FOLDER = Path("/var/lib/guichet-hub")
Folder = Annotated[Path, typer.Option("--hub", help="The operator's folder, made by `init`.")]


def init(
    hub: Folder = _FOLDER,
    host: Annotated[str, typer.Option(help="Name or address under which devices reach the broker.")] = "localhost",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8883,
    listen: Annotated[str, typer.Option(help="Address on which the broker listens.")] = "0.0.0.0",  # noqa: S104  (a broker's purpose; clients need a certificate)
) -> None:
    """Make the operator's folder: authority, keys, settings, and what mosquitto needs."""
    from fleet.premises import Listener, establish  # noqa: PLC0415  (certificates would slow every other command)

    establish(hub, Listener(host, port, listen))
    typer.echo(f"hub made in {hub}; start the broker with: mosquitto -c {hub / 'mosquitto.conf'}")


def enrol(
    device: Annotated[str, typer.Argument(help="The device's name: lower-case letters, digits, hyphens.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the device's identity.")],
    hub: Folder = _FOLDER,
) -> None:
    """Give a device its key and certificate, and take it into the registry."""
    from fleet import premises  # noqa: PLC0415  (as above)

    premises.enrol(hub, device, out)
    typer.echo(f"{device} enrolled; its identity is in {out}")


def run(hub: Folder = _FOLDER) -> None:
    """Take in what devices send, until stopped."""
    from fleet.hub.service import HubService  # noqa: PLC0415  (the database would slow every other command)
    from fleet.settings import load  # noqa: PLC0415

    journal.log_as_json()
    service = HubService(load(hub / "hub.toml"))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    service.run()


def records(
    hub: Folder = _FOLDER,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,
) -> None:
    """Open what is stored and not yet opened, and print every record."""
    from fleet.hub import opener  # noqa: PLC0415  (as above)
    from fleet.hub.store import HubStore  # noqa: PLC0415
    from fleet.settings import load  # noqa: PLC0415
    from sync import keys, seal  # noqa: PLC0415

    config = load(hub / "hub.toml")
    private = [keys.load_opening(path) for path in config.keys.opening_files]
    store = HubStore.open(config.database_url)
    opener.open_stored(store, {seal.key_id(key.public_key()): key for key in private})
    found = opener.listing(store)
    store.close()
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

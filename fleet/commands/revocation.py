"""`guichet-hub revoke`: a device that was stolen, lost or retired."""

from __future__ import annotations

from typing import Annotated

import typer

from fleet import authority, revocation
from fleet.commands.folder import FOLDER, Folder, store_of
from fleet.settings import load


def revoke(
    device: Annotated[str, typer.Argument(help="The device's name.")],
    hub: Folder = FOLDER,
) -> None:
    """Refuse a device for good: the hub its frames, the broker its certificates; a session it has ends at once."""
    with store_of(hub) as store:
        store.registry.revoke(device)
    typer.echo(f"{device} is revoked: the hub refuses what it sends")
    certificates = authority.issued(hub, device)
    if not certificates:
        raise authority.AuthorityError(
            f"no copy of a certificate of {device!r} is kept in {str(hub / 'authority/issued')!r}: "
            "the broker cannot be told which to refuse"
        )
    revocation.withdraw(hub, load(hub / "hub.toml").broker, device, certificates)
    typer.echo("the broker refuses its certificates, and its session has ended; enrol it again to take it back")

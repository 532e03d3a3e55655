"""`guichet export`, `import-stored` and `import-pushed`: the road to the hub and back on a USB stick."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from config import store
from sync import carrier, keys
from sync.configuration_report import ConfigurationReport
from sync.framing import Identity
from sync.outbox.salvage import open_mended

if TYPE_CHECKING:
    from config.model import DeviceConfig
    from sync.outbox import Outbox

Directory = Annotated[Path, typer.Argument(metavar="DIR", help="The stick, or any folder.")]
Config = Annotated[Path, typer.Option(help="The device's configuration (TOML).")]
_SITE = Path("/etc/guichet/site.toml")


def export(directory: Directory, config: Config = _SITE) -> None:
    """Write what waits for the hub to DIR, as the same signed frames; nothing leaves the outbox."""
    settings = store.load(config)
    identity, outbox = _open(settings)
    running = ConfigurationReport(settings.device.run_dir / "config.json", settings.device.group).look()
    done = carrier.export(identity, outbox, directory, running)
    outbox.close()
    typer.echo(f"{done.rows} rows of {identity.device} in {done.frames} frames; now `guichet-hub import {directory}`")


def import_stored(directory: Directory, config: Config = _SITE) -> None:
    """Take the hub's answers in DIR: what it has stored need not wait any longer."""
    identity, outbox = _open(store.load(config))
    done = carrier.import_stored(identity, outbox, directory)
    outbox.close()
    typer.echo(f"{done.answers} answers for {identity.device}: {done.rows} more rows are stored by the hub")
    if done.refused:
        typer.echo(f"guichet: {done.refused} answers prove nothing and were left alone", err=True)
        raise typer.Exit(3)


def import_pushed(directory: Directory, config: Config = _SITE) -> None:
    """Take from DIR what `guichet-hub export` wrote there: configuration and content, if they may be believed."""
    from config.distrust import TrustError  # noqa: PLC0415  (python-tuf would slow every other command)
    from sync.supply import folder, open_shelf  # noqa: PLC0415  (as above)
    from sync.supply.gathering import GatheringError  # noqa: PLC0415  (as above)

    device = store.load(config).device
    try:
        try:
            new = folder.bring(directory / folder.ON_A_STICK, open_shelf(store.load(config), "incoming.stick"))
        finally:
            of_root = ("mirror", "incoming.stick")
            _give_to_owner(device.state_dir, *(device.state_dir / name for name in of_root))
            _give_to_owner(device.run_dir, device.run_dir / "incoming.stick.trust")
    except (TrustError, GatheringError) as error:
        typer.echo(f"guichet: nothing was taken: {error}", err=True)
        raise typer.Exit(3) from error
    except OSError as error:
        typer.echo(f"guichet: nothing was taken: {error.filename or directory}: {error.strerror}", err=True)
        raise typer.Exit(2) from error
    typer.echo("taken; `guichet config keep` tries it" if new else "nothing new for this device")


def _give_to_owner(state_dir: Path, *folders: Path) -> None:
    """Let what root has taken belong to the account of the sync service, which has to replace it the next time."""
    owner = state_dir.stat()
    for folder in folders if os.geteuid() == 0 else ():
        for path in (folder, *folder.rglob("*")):
            if path.exists():
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _open(config: DeviceConfig) -> tuple[Identity, Outbox]:
    identity = Identity(
        config.device.name,
        keys.load_signing(config.broker.key_file),
        keys.load_signing_public(config.hub.signing_key_file),
    )
    return identity, open_mended(config.device.state_dir / "outbox.db", config.device.name)

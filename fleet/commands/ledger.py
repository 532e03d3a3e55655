"""`guichet-hub ledger`, `restored` and `quarantine`: what is stored of a device, and whom the hub listens to."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.commands.folder import FOLDER, Folder, store_of
from fleet.hub.account import Account, StreamAccount, account
from fleet.hub.ranges import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.chain import Range

# A device's streams are as many as its starts; those that are whole and older tell nothing more.
_LATEST = 6
_NOT_WHOLE = 3
_Device = Annotated[str, typer.Argument(help="The device's name.")]


def ledger(
    device: _Device,
    hub: Folder = FOLDER,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Tell what is stored of a device, what is missing, lost or forked; exit with 3 where anything is."""
    with store_of(hub) as store:
        told = account(store, device)
    if as_json:
        typer.echo(json.dumps(_values(told), indent=1))
    else:
        for line in _lines(told):
            typer.echo(line)
    if not told.whole:
        raise typer.Exit(_NOT_WHOLE)


def restored(hub: Folder = FOLDER) -> None:
    """Say that the database was put back from a backup: devices then send again what it lacks."""
    with store_of(hub) as store:
        epoch = store.raise_epoch()
    typer.echo(f"epoch {epoch}: each device will send again what this database lacks, as far as it still holds it")


def quarantine(
    device: _Device,
    hub: Folder = FOLDER,
    *,
    reason: Annotated[str, typer.Option(help="Why, for whoever looks later.")] = "by the operator",
    lift: Annotated[bool, typer.Option("--lift", help="End the quarantine.")] = False,
) -> None:
    """Neither store nor answer what a device sends, until it is lifted; the device keeps all of it."""
    with store_of(hub) as store:
        if lift:
            store.registry.lift(device)
        else:
            store.registry.quarantine(device, reason)
    typer.echo(
        f"{device} is listened to again"
        if lift
        else f"{device} is in quarantine: what it sends is neither stored nor answered, and it keeps all of it"
    )


def _values(told: Account) -> dict[str, Any]:
    return {
        "device": told.device.name,
        "whole": told.whole,
        "epoch": told.epoch,
        "revoked_s": told.device.revoked_s,
        "quarantine": {"since_s": told.device.quarantined_s, "reason": told.device.quarantine_reason}
        if told.device.quarantined_s is not None
        else None,
        "parked": {"count": told.parked, "last_reason": told.last_refusal, "last_s": told.last_refused_s},
        "findings": [
            {
                "kind": finding.kind.name.lower(),
                "lane": finding.lane or None,
                "stream": finding.stream.hex(),
                "other": finding.other.hex() if finding.other else None,
                "meaning": finding.kind.value,
            }
            for finding in told.findings
        ],
        "streams": [
            {
                "stream": stream.stream.hex(),
                "lane": stream.lane,
                "stored_through": stream.stored_seq,
                "held_to": stream.held_seq,
                "opened_through": stream.opened_seq,
                "missing": stream.missing,
                "lost": stream.lost,
                "forks": [{"seq": seq, "kind": kind} for seq, kind in stream.forks],
                "unopened": stream.unopened,
            }
            for stream in told.streams
        ],
    }


def _lines(told: Account) -> Iterator[str]:
    stored = sum(stream.stored_seq for stream in told.streams)
    verdict = "nothing is missing, lost or forked" if told.whole else "NOT WHOLE"
    yield f"{told.device.name}: {len(told.streams)} streams, {stored} rows in their gapless part; {verdict}"
    if told.device.revoked_s is not None:
        yield f"  revoked since {_when(told.device.revoked_s)}: its frames are refused"
    if told.device.quarantined_s is not None:
        since, reason = _when(told.device.quarantined_s), told.device.quarantine_reason
        yield f"  in quarantine since {since} ({reason}): neither stored nor answered, it keeps all it has"
    if told.parked:
        last = f"the last on {_when(told.last_refused_s)}: {told.last_refusal}"
        yield f"  {told.parked} refused messages are parked, {last}"
    latest = set(told.streams[-_LATEST:])
    shown = [stream for stream in told.streams if not stream.whole or stream.unopened or stream in latest]
    if shown:
        yield f"  {'stream':<10}{'lane':<16}{'stored':>9}{'held':>9}{'opened':>9}"
    for stream in shown:
        lane = stream.lane or "-"
        figures = f"{stream.stored_seq:>9}{stream.held_seq:>9}{stream.opened_seq:>9}"
        yield f"  {stream.stream.hex()[:8]:<10}{lane:<16}{figures}"
        for trouble in _troubles(stream):
            yield f"    {trouble}"
    if hidden := len(told.streams) - len(shown):
        yield f"  and {hidden} earlier streams, each whole"
    for finding in told.findings:
        other = f" ({finding.other.hex()[:8]})" if finding.other else ""
        yield f"  stream {finding.stream.hex()[:8]}: {finding.kind.value}{other}"


def _troubles(stream: StreamAccount) -> Iterator[str]:
    if stream.missing:
        yield f"missing {_spelled(stream.missing)}: the device is asked for them"
    if stream.lost:
        yield f"lost for good {_spelled(stream.lost)}: so the device has declared"
    for seq, kind in stream.forks:
        yield f"forked at row {seq} ({kind.replace('_', ' ')}): a restored or cloned card; what was stored first stays"
    if stream.unopened:
        yield f"{stream.unopened} rows could not be opened: see whether a key is missing in hub.toml"


def _spelled(ranges: tuple[Range, ...]) -> str:
    shown = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_LATEST])
    more = ", …" if len(ranges) > _LATEST else ""
    rows = count(ranges)
    return f"{rows} row{'s' if rows > 1 else ''} ({shown}{more})"


def _when(seconds: int | None) -> str:
    return dt.datetime.fromtimestamp(seconds or 0, dt.UTC).isoformat(timespec="seconds")

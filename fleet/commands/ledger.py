"""`guichet-hub ledger`, `settle`, `restored` `quarantine`: what is stored of a device, whom the hub listens to."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.commands.folder import FOLDER, Folder, store_of
from fleet.hub.account import Account, StreamAccount, account
from fleet.hub.ranges import count
from fleet.hub.settling import settle as settle_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fleet.hub.settled import Settled
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
    everything: Annotated[bool, typer.Option("--all", help="Every stream, and what is settled.")] = False,
) -> None:
    """Tell what is stored of a device, what is missing, lost or forked; exit with 3 where anything is, unsettled."""
    with store_of(hub) as store:
        told = account(store, device)
    if as_json:
        typer.echo(json.dumps(_values(told), indent=1))
    else:
        for line in _lines(told, everything=everything):
            typer.echo(line)
    if not told.unsettled.whole:
        raise typer.Exit(_NOT_WHOLE)


def settle(
    device: _Device,
    stream: Annotated[str, typer.Argument(help="The stream, as `ledger` names it.")],
    note: Annotated[str, typer.Option(help="What was found out, for whoever looks later.")],
    hub: Folder = FOLDER,
) -> None:
    """Note that what `ledger` finds wrong with a stream is known: it counts no more; what is found later does."""
    with store_of(hub) as store:
        done = settle_findings(store, account(store, device), stream, note)
    for each in done:
        typer.echo(f"{device}, stream {each.stream.hex()[:8]}: {_named(each)} is settled")


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
        "unsettled": not told.unsettled.whole,
        "epoch": told.epoch,
        "revoked_s": told.device.revoked_s,
        "quarantine": {"since_s": told.device.quarantined_s, "reason": told.device.quarantine_reason}
        if told.device.quarantined_s is not None
        else None,
        "unheard_by": told.unheard_by.number if told.unheard_by else None,
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
                "settled": [
                    {
                        "kind": each.kind,
                        "rows": [each.first_seq, each.last_seq] if each.first_seq else None,
                        "other": each.other.hex() if each.other else None,
                        "note": each.note,
                        "settled_s": each.settled_s,
                    }
                    for each in stream.settled
                ],
            }
            for stream in told.streams
        ],
    }


def _lines(whole: Account, *, everything: bool) -> Iterator[str]:
    told = whole if everything else whole.unsettled
    stored = sum(stream.stored_seq for stream in told.streams)
    verdict = "nothing is missing, lost or forked"
    if not whole.whole:
        verdict = "what was missing, lost or forked is settled" if whole.unsettled.whole else "NOT WHOLE"
    yield f"{told.device.name}: {len(told.streams)} streams, {stored} rows in their gapless part; {verdict}"
    yield from _standing(told)
    yield from _stream_lines(told, everything=everything)
    for finding in told.findings:
        other = f" ({finding.other.hex()[:8]})" if finding.other else ""
        yield f"  stream {finding.stream.hex()[:8]}: {finding.kind.value}{other}"


def _standing(told: Account) -> Iterator[str]:
    if told.device.revoked_s is not None:
        yield f"  revoked since {_when(told.device.revoked_s)}: its frames are refused"
    if told.device.quarantined_s is not None:
        since, reason = _when(told.device.quarantined_s), told.device.quarantine_reason
        yield f"  in quarantine since {since} ({reason}): neither stored nor answered, it keeps all it has"
    if told.unheard_by is not None:
        away = told.unheard_by
        yield f"  what it declares is unheard: ingest {away.number} of {away.count} does not run"
    if told.parked:
        last = f"the last on {_when(told.last_refused_s)}: {told.last_refusal}"
        yield f"  {told.parked} refused messages are parked, {last}"


def _stream_lines(told: Account, *, everything: bool) -> Iterator[str]:
    latest = told.streams if everything else told.streams[-_LATEST:]
    named = {stream.stream for stream in latest}
    shown = [each for each in told.streams if not each.whole or each.unopened or each.stream in named]
    if shown:
        yield f"  {'stream':<10}{'lane':<16}{'stored':>9}{'held':>9}{'opened':>9}"
    for stream in shown:
        lane = stream.lane or "-"
        figures = f"{stream.stored_seq:>9}{stream.held_seq:>9}{stream.opened_seq:>9}"
        yield f"  {stream.stream.hex()[:8]:<10}{lane:<16}{figures}"
        for trouble in _troubles(stream):
            yield f"    {trouble}"
        for each in stream.settled if everything else ():
            yield f"    settled on {_when(each.settled_s)}: {_named(each)}: {each.note}"
    if hidden := len(told.streams) - len(shown):
        yield f"  and {hidden} earlier streams, each whole or settled"


def _troubles(stream: StreamAccount) -> Iterator[str]:
    if stream.missing:
        yield f"missing {_spelled(stream.missing)}: the device is asked for them"
    if stream.lost:
        yield f"lost for good {_spelled(stream.lost)}: so the device has declared"
    for seq, kind in stream.forks:
        yield f"forked at row {seq} ({kind.replace('_', ' ')}): a restored or cloned card; what was stored first stays"
    if stream.unopened:
        yield f"{stream.unopened} rows could not be opened: see whether a key is missing in hub.toml"


def _named(settled: Settled) -> str:
    kind, other = settled.kind.replace("_", " "), f" ({settled.other.hex()[:8]})" if settled.other else ""
    return f"{kind} {_spelled(((settled.first_seq, settled.last_seq),))}" if settled.first_seq else f"{kind}{other}"


def _spelled(ranges: tuple[Range, ...]) -> str:
    shown = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_LATEST])
    more = ", …" if len(ranges) > _LATEST else ""
    rows = count(ranges)
    return f"{rows} row{'s' if rows > 1 else ''} ({shown}{more})"


def _when(seconds: int | None) -> str:
    return dt.datetime.fromtimestamp(seconds or 0, dt.UTC).isoformat(timespec="seconds")

"""`guichet-hub push status`: how far what is published has come, device by device."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fleet.commands.folder import FOLDER, Folder, store_of
from fleet.publication.progress import Progress, progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fleet.hub.reported import Reported
    from fleet.publication.wanted import Published

# As much of a digest as tells two of a fleet's apart.
_SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class _Standing:
    """A device, what is published for it (or why it cannot be used), and how far it is with that."""

    reported: Reported
    wanted: str | None
    flaw: str
    progress: Progress


def status(
    hub: Folder = FOLDER, *, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False
) -> None:
    """Tell of each device whether it runs what is published for it, and if not, why."""
    from fleet.publication.repository import Repository  # noqa: PLC0415  (python-tuf would slow every other command)
    from fleet.publication.wanted import Published  # noqa: PLC0415  (as above)

    published = Published(Repository(hub / "publication", ()))
    with store_of(hub) as store:
        reports = store.reports()
    now_s = int(time.time())
    order = list(Progress)
    found = [_standing(published, each, now_s) for each in reports]
    found.sort(key=lambda each: (order.index(each.progress), each.reported.device))
    if as_json:
        typer.echo(json.dumps({"devices": [_values(each) for each in found], "sum": _sum(found)}, indent=1))
        return
    for each in found:
        typer.echo(_line(each))
    counted = ", ".join(f"{count} {word}" for word, count in _sum(found).items() if count)
    many = "s" if len(found) > 1 else ""
    typer.echo(f"{len(found)} device{many}: {counted}" if found else "no device is enrolled")


def _standing(published: Published, reported: Reported, now_s: int) -> _Standing:
    from fleet.publication.wanted import UnusableError  # noqa: PLC0415  (as above)

    said, wanted, flaw = reported.configuration, None, ""
    try:
        wanted = published.digest(reported.device, said.group) if said else None
    except UnusableError as error:
        flaw = str(error)
    found = progress(wanted, said, reported.heard_s, now_s)
    if flaw and found is Progress.CURRENT:  # with nothing, while there is something that it can never have
        found = Progress.COMING
    return _Standing(reported, wanted, flaw, found)


def _sum(found: list[_Standing]) -> dict[str, int]:
    counted = Counter(each.progress for each in found)
    return {each.value: counted[each] for each in Progress}


def _values(standing: _Standing) -> dict[str, Any]:
    reported, said = standing.reported, standing.reported.configuration
    return {
        "device": reported.device,
        "state": standing.progress.value,
        "published": standing.wanted,
        "unusable": standing.flaw or None,
        "heard_s": reported.heard_s,
        "quarantined_s": reported.quarantined_s,
        "said_s": reported.said_s,
        "group": said.group if said else None,
        "version": said.version if said else None,
        "wanted": said.wanted if said else None,
        "running": said.running if said else None,
        "on_trial": said.on_trial if said else None,
        "reasons": said.reasons if said else [],
        "problems": said.problems if said else [],
    }


def _line(standing: _Standing) -> str:
    reported = standing.reported
    remarks = "; ".join(_remarks(standing))
    return f"{reported.device:<24}{standing.progress.value:<10}{remarks}"


def _remarks(standing: _Standing) -> Iterator[str]:
    reported, said = standing.reported, standing.reported.configuration
    if reported.quarantined_s is not None:
        yield f"in quarantine since {_when(reported.quarantined_s)}: nothing it says is heard"
    if reported.heard_s is None:
        yield "never heard"
    elif standing.progress is Progress.SILENT:
        yield f"last heard on {_when(reported.heard_s)}"
    if said is None:
        if reported.heard_s is not None:
            yield f"heard on {_when(reported.heard_s)}, but it has not said what it runs"
        return
    yield f"runs {_named(said.running)} (version {said.version}) since {_when(reported.said_s)}"
    if standing.flaw:
        yield f"what is published for group {said.group} cannot be used: {_printable(standing.flaw)}"
    elif standing.wanted not in {None, said.running}:
        yield f"shall run {_named(standing.wanted or '')}"
    if standing.progress is Progress.REFUSED:
        yield from map(_printable, (*said.reasons, *said.problems))


def _named(digest: str) -> str:
    return digest[:_SHOWN_DIGITS] or "what was installed"


def _printable(text: str) -> str:
    """Return the text on one line, without what could command a terminal: a device may have been stolen."""
    return text if text.isprintable() else ascii(text)


def _when(seconds: int | None) -> str:
    return dt.datetime.fromtimestamp(seconds or 0, dt.UTC).isoformat(timespec="seconds")

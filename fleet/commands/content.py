"""`guichet-hub content build`: from the sheets of service-public.fr to a content pack, or to what travels of one."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated

import typer

Sources = Annotated[
    list[Path],
    typer.Argument(metavar="SOURCE...", help="Folders, the npm package (.tgz), DILA's .zip, .json or .xml files."),
]
app = typer.Typer(no_args_is_help=True, help="Content packs for the kiosks.")

_NOT_WHOLE = 3  # the pack is there and good, but part of the sources could not be used


@app.callback()
def content() -> None:
    """Content packs for the kiosks."""


@app.command()
def build(
    sources: Sources,
    pack: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="PACK",
            help="Where to write it: a pack, as a kiosk reads it, or what is pushed (.sheets).",
        ),
    ],
    report: Annotated[Path | None, typer.Option(help="Where to write what became of each document (JSON).")] = None,
) -> None:
    """Build a content pack; a source given first wins over a later one.

    Exit code 0: all was used. 3: the pack is built, and what could not be used or written is named. 2: no pack.
    """
    from rich.console import Console  # noqa: PLC0415  (other commands need neither a bar nor a builder)
    from rich.progress import Progress  # noqa: PLC0415  (as above)

    from fleet.content import build as builder  # noqa: PLC0415  (as above)
    from fleet.content.sources import SourceError, count, documents  # noqa: PLC0415  (as above)

    console = Console(stderr=True)
    try:
        if report is not None:
            _check_report(report, pack)
        total = sum(count(source) for source in sources)
        with Progress(console=console, disable=not console.is_terminal) as progress:
            task = progress.add_task("Reading sheets", total=total)
            found = (document for source in sources for document in documents(source))
            result = builder.build(found, total, pack, lambda: progress.advance(task))
    except SourceError as error:
        _refuse(str(error))
    except sqlite3.Error as error:
        _refuse(f"the pack {str(pack)!r} cannot be written: {error}")
    except OSError as error:
        _refuse(f"{error.filename or str(pack)!r} cannot be written or read: {error.strerror or error}")
    not_used = tuple(result.not_used())
    reported = report is None or _write_report(report, result.as_json())
    for sentence in not_used:
        typer.echo(f"guichet-hub: {sentence}", err=True)
    if not result.used:
        _refuse("no sheet was found in these sources, so no pack was written")
    typer.echo(
        f"{pack}: {result.used} sheets, {result.searchable} of them searchable, "
        f"{pack.stat().st_size / 1_000_000:.1f} MB; {len(not_used)} not used as they are"
    )
    if not_used or not reported:
        raise typer.Exit(_NOT_WHOLE)


def _check_report(report: Path, pack: Path) -> None:
    """Find out before the long work whether the report can be written; leave no trace."""
    if report.absolute() == pack.absolute():
        _refuse(f"the pack and its report cannot both be {str(pack)!r}")
    report.parent.mkdir(parents=True, exist_ok=True)
    existed = report.exists()
    if existed and not (report.is_file() or report.is_dir()):
        return  # a pipe or a terminal: opening it twice would end it
    with report.open("ab"):
        pass
    if not existed:
        report.unlink()


def _write_report(report: Path, content: bytes) -> bool:
    try:
        report.write_bytes(content)
    except OSError as error:
        typer.echo(f"guichet-hub: the report {str(report)!r} cannot be written: {error.strerror or error}", err=True)
        return False
    return True


def _refuse(sentence: str) -> None:
    typer.echo(f"guichet-hub: {sentence}", err=True)
    raise typer.Exit(2)

"""`guichet papers`: what a list of certificates lets us believe, before it is pushed."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (typer reads the annotations at run time)
from typing import Annotated

import typer


def papers(
    certificates: Annotated[
        Path,
        typer.Argument(metavar="LIST", help="What `papers.certificates` would name: a file, an archive, a folder."),
    ],
) -> None:
    """Say how many issuers of sealed papers a list lets us believe, and whom it leaves out and why."""
    from drivers.two_d_doc import certificate_list  # noqa: PLC0415  (kept out of the other commands: 50 ms)

    found = certificate_list.read(certificates)
    for names, reason in sorted(found.left_out.items()):
        typer.echo(f"{names}: {reason.name.lower().replace('_', ' ')}")
    typer.echo(f"{len(found)} issuers are believed, {len(found.left_out)} certificates are left out")

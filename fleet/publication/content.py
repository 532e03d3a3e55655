"""Content as it is signed and travels: a pack as the stream of its sheets, any other file as it is. Adapter: files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue import pack_stream
from catalogue.pack_fault import PackError
from config.needs import is_stream, travels_as
from fleet.publication.fault import ProposalError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def travelling(files: Iterable[Path]) -> dict[str, Path]:
    """Return what is to be signed, by the path under which devices look for it.

    Raises:
        ProposalError: a pack is to be signed, or a stream that is none.
        OSError: a file cannot be read.
    """
    found = {}
    for path in files:
        if (name := travels_as(path.name)) != path.name:
            raise ProposalError(
                f"{str(path)!r} is what a kiosk reads; what travels is the stream of its sheets: "
                f"guichet-hub content build SOURCE... -o {name}"
            )
        if is_stream(name):
            try:
                pack_stream.decode(path.read_bytes())
            except PackError as error:
                raise ProposalError(f"{str(path)!r} cannot be pushed: {error}") from error
        found[f"content/{name}"] = path
    return found

"""Content as it is signed and travels: a pack as the stream of its sheets, any other file as it is. Adapter: files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue import pack_stream
from catalogue.pack import Pack
from config.needs import travels_as

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def travelling(files: Iterable[Path], scratch: Path) -> dict[str, Path]:
    """Return what is to be signed, by the path under which devices look for it; streams are written to `scratch`.

    Raises:
        PackError: a pack cannot be read, or not travel.
        OSError: a stream cannot be written.
    """
    found = {}
    for path in files:
        name = travels_as(path.name)
        source = path
        if name != path.name:
            with Pack.open(path) as pack:
                stream = pack_stream.encode(pack.content())
            source = scratch / name
            source.write_bytes(stream)
        found[f"content/{name}"] = source
    return found

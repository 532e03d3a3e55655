"""Content as it is signed and travels: a pack as the stream of its sheets, any other file as it is. Adapter: files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue import pack_stream, pack_writing
from catalogue.pack import Pack
from catalogue.pack_fault import PackError
from catalogue.search import search
from config.needs import is_stream, travels_as
from config.whole_file import read_plain
from fleet.publication import roles, target_files
from fleet.publication.fault import PathRefusedError, ProposalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from catalogue.pack_content import PackContent, StoredSheet
    from fleet.publication.repository import Repository


def travelling(files: Iterable[Path], scratch: Path) -> dict[str, Path]:
    """Return what is to be signed, by the path under which devices look for it.

    A stream is read as devices will read it, by a pack made of it in `scratch`.

    Raises:
        ProposalError: a pack is to be signed, or a stream that devices could not use.
        PathRefusedError: two files would be one.
        OSError: a file cannot be read.
    """
    found: dict[str, Path] = {}
    for path in files:
        if (name := travels_as(path.name)) != path.name:
            raise ProposalError(
                f"{str(path)!r} is what a kiosk reads; what travels is the stream of its sheets: "
                f"guichet-hub content build SOURCE... -o {name}"
            )
        if f"content/{name}" in found:
            raise PathRefusedError(f"two files would travel as {name!r}")
        if is_stream(name):
            _try(path, scratch / "tried.pack")
        found[f"content/{name}"] = path
    return found


def changes(repository: Repository, wanted: Mapping[str, Path]) -> Iterator[str]:
    """Yield what becomes of the sheets of each stream.

    Raises:
        PackError: a stream cannot be used.
        OSError: one cannot be read.
    """
    for path, file in wanted.items():
        if not is_stream(path):
            continue
        after = _sheets(pack_stream.decode(_bytes(file)))
        try:
            before = _sheets(pack_stream.decode(_bytes(old))) if (old := _in_force(repository, path)) else {}
        except PackError:  # of another version: nothing to compare with
            before = {}
        new, gone = len(after.keys() - before.keys()), len(before.keys() - after.keys())
        changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
        yield f"{path}: {len(after)} sheets, {new} new, {changed} changed, {gone} gone"


def _try(stream: Path, made: Path) -> None:
    """Read all that a device may read of a stream."""
    try:
        pack_writing.unpack(stream, made)
        with Pack.open(made) as pack:
            search(pack, "bonjour")
            pack.front_page()
            for sheet in pack_stream.decode(_bytes(stream)).sheets:
                pack.sheet(sheet.id)
    except PackError as error:
        raise ProposalError(f"{str(stream)!r} cannot be pushed: {error}") from error


def _sheets(content: PackContent) -> dict[tuple[str, str], StoredSheet]:
    return {(sheet.id, sheet.audience): sheet for sheet in content.sheets}


def _in_force(repository: Repository, path: str) -> Path | None:
    role = repository.role(roles.role_of(path))
    target = role.targets.get(path) if role else None
    return target_files.place(repository.folder / "targets", target) if target else None


def _bytes(stream: Path) -> bytes:
    return read_plain(stream, pack_stream.MAX_STREAM_BYTES)

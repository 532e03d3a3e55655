"""Content as it is signed and travels: a pack as the stream of its sheets, any other file as it is. Adapter: files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue import pack_stream, pack_writing
from catalogue.pack import Pack
from catalogue.pack_fault import PackError
from catalogue.search import search
from config.needs import travels_as, unpacked
from config.whole_file import read_plain
from fleet.publication import roles, target_files
from fleet.publication.fault import PathRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from catalogue.pack_content import PackContent, StoredSheet
    from fleet.publication.repository import Repository


def travelling(files: Iterable[Path], scratch: Path) -> dict[str, Path]:
    """Return what is to be signed, by the path under which devices look for it; streams are written to `scratch`.

    A pack, or a stream that is ready, is read as devices will read it.

    Raises:
        PackError: a pack cannot be read, or not travel; or a stream cannot be used.
        PathRefusedError: two files would be one.
        OSError: a file cannot be read, or a stream cannot be written.
    """
    found: dict[str, Path] = {}
    for path in files:
        name = travels_as(path.name)
        if f"content/{name}" in found:
            raise PathRefusedError(f"two files would travel as {name!r}")
        source = path
        if name != path.name:
            source = scratch / name
            with Pack.open(path) as pack:
                _read_all(pack)
                source.write_bytes(pack_stream.encode(pack.content()))
        elif unpacked(name) is not None:
            _try(path, scratch / "tried.pack")
        found[f"content/{name}"] = source
    return found


def changes(repository: Repository, wanted: Mapping[str, Path]) -> Iterator[str]:
    """Yield what becomes of the sheets of each stream.

    Raises:
        PackError: a stream cannot be used.
        OSError: one cannot be read.
    """
    for path, file in wanted.items():
        if unpacked(path) is None:
            continue
        after = _sheets(pack_stream.decode(_bytes(file)))
        try:
            before = _sheets(pack_stream.decode(_bytes(old))) if (old := _in_force(repository, path)) else {}
        except PackError:  # of another version: nothing to compare with
            before = {}
        new, gone = len(after.keys() - before.keys()), len(before.keys() - after.keys())
        changed = sum(before[key] != after[key] for key in before.keys() & after.keys())
        yield f"{path}: {len(after)} sheets, {new} new, {changed} changed, {gone} gone"


def _read_all(pack: Pack) -> None:
    """Read what a device may read of a pack."""
    search(pack, "bonjour")
    pack.front_page()
    for sheet in pack.content().sheets:
        pack.sheet(sheet.id)


def _try(stream: Path, pack: Path) -> None:
    try:
        pack_writing.unpack(stream, pack)
        with Pack.open(pack) as made:
            _read_all(made)
    except PackError as error:
        raise PackError(f"{str(stream)!r} cannot be pushed: {error}", error.fault) from error


def _sheets(content: PackContent) -> dict[tuple[str, str], StoredSheet]:
    return {(sheet.id, sheet.audience): sheet for sheet in content.sheets}


def _in_force(repository: Repository, path: str) -> Path | None:
    role = repository.role(roles.role_of(path))
    target = role.targets.get(path) if role else None
    return target_files.place(repository.folder / "targets", target) if target else None


def _bytes(stream: Path) -> bytes:
    return read_plain(stream, pack_stream.MAX_STREAM_BYTES)

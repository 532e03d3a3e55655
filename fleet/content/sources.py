"""Where sheets come from: folders, the npm package, DILA's zip (files)."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIXES = frozenset({".json", ".xml"})
_LARGEST_DOCUMENT_BYTES = 32 * 1024 * 1024  # sheets are under 2 MB; a larger member is an attack or a mistake


class SourceError(Exception):
    """A source cannot be read at all; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file of a source, unread; `fault` says why its bytes could not be had."""

    name: str
    content: bytes = b""
    fault: str = ""


def documents(source: Path) -> Iterator[Document]:
    """Yield what may be a sheet, in the order of names.

    Raises:
        SourceError: the source does not exist, or is not what its name says.
    """
    if source.is_dir():
        yield from _in_folder(source)
    elif not source.exists():
        raise SourceError(f"there is no source {str(source)!r}")
    elif source.suffix.lower() == ".zip":
        yield from _in_zip(source)
    elif source.name.endswith((".tgz", ".tar.gz")):
        yield from _in_tar(source)
    elif source.suffix.lower() in _SUFFIXES:
        yield Document(source.name, source.read_bytes())
    else:
        raise SourceError(f"the source {str(source)!r} is neither a folder nor a .zip, .tgz, .json or .xml file")


def count(source: Path) -> int:
    """Return how many documents a source will yield, for a progress bar.

    Raises:
        SourceError: as `documents` does.
    """
    if source.suffix.lower() == ".zip" and source.is_file():
        try:
            with zipfile.ZipFile(source) as archive:
                return sum(map(_may_be_sheet, archive.namelist()))
        except (zipfile.BadZipFile, OSError) as error:
            raise SourceError(f"the source {str(source)!r} is no readable zip: {error}") from error
    if source.is_dir():
        return sum(_may_be_sheet(path.name) for path in source.rglob("*"))
    return sum(1 for _ in documents(source))


def _may_be_sheet(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _SUFFIXES


def _in_folder(folder: Path) -> Iterator[Document]:
    files = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    for name, path in sorted(files):
        if _may_be_sheet(name):
            yield Document(name, path.read_bytes())


def _in_zip(source: Path) -> Iterator[Document]:
    try:
        with zipfile.ZipFile(source) as archive:
            for member in sorted(archive.infolist(), key=lambda info: info.filename):
                if _may_be_sheet(member.filename):
                    yield _zipped(archive, member)
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise SourceError(f"the source {str(source)!r} is no readable zip: {error}") from error


def _zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Document:
    if member.file_size > _LARGEST_DOCUMENT_BYTES:
        return _too_large(member.filename, member.file_size)
    try:
        return Document(member.filename, archive.read(member))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:  # RuntimeError: it wants a password
        return Document(member.filename, fault=f"the zip is damaged there: {error}")


def _too_large(name: str, size_bytes: int) -> Document:
    return Document(name, fault=f"{size_bytes} bytes are too many for a sheet")


def _in_tar(source: Path) -> Iterator[Document]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                if not member.isfile() or not _may_be_sheet(member.name):
                    continue
                if member.size > _LARGEST_DOCUMENT_BYTES:
                    yield _too_large(member.name, member.size)
                else:
                    content = archive.extractfile(member)
                    yield Document(member.name, content.read() if content else b"")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise SourceError(f"the source {str(source)!r} is no readable npm package: {error}") from error

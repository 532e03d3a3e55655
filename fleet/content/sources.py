"""Where sheets come from: folders, the npm package, DILA's zip (files)."""

from __future__ import annotations

import gzip
import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUFFIXES = frozenset({".json", ".xml"})
_LARGEST_DOCUMENT_BYTES = 32 * 1024 * 1024  # sheets are under 2 MB; a larger member is an attack or a mistake
_PIECE_BYTES = 1024 * 1024
# What damaged or hostile bytes make the unpackers raise. RuntimeError: a password is wanted, or a newer
# version of the format; MemoryError: a member asks for more than any machine has.
_SIGNS_OF_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error,
    EOFError, OSError, ValueError, LookupError, OverflowError, RuntimeError, MemoryError,
)  # fmt: skip


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
    _check(source)
    if source.is_dir():
        yield from _in_folder(source)
    elif source.suffix.lower() == ".zip":
        yield from _in_zip(source)
    elif source.name.endswith((".tgz", ".tar.gz")):
        yield from _in_tar(source)
    else:
        yield _filed(source, source.name)


def _check(source: Path) -> None:
    try:
        if not source.exists():
            raise SourceError(f"there is no source {str(source)!r}")
        if source.is_dir():
            return
        archive = source.name.endswith((".tgz", ".tar.gz")) or source.suffix.lower() == ".zip"
        if not source.is_file() or not (archive or source.suffix.lower() in _SUFFIXES):
            raise SourceError(f"the source {str(source)!r} is neither a folder nor a .zip, .tgz, .json or .xml file")
    except OSError as error:
        raise SourceError(f"the source {str(source)!r} cannot be reached: {error.strerror or error}") from error


def count(source: Path) -> int:
    """Return how many documents a source will yield, for a progress bar.

    Raises:
        SourceError: as `documents` does.
    """
    _check(source)
    if source.is_dir():
        return sum(1 for _ in _walked(source))
    if source.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(source) as archive:
                return sum(map(_may_be_sheet, archive.namelist()))
        except _SIGNS_OF_DAMAGE as error:
            raise SourceError(f"the source {str(source)!r} is no readable zip: {error}") from error
    return sum(1 for _ in documents(source))


def _may_be_sheet(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in _SUFFIXES


def _shown(name: str) -> str:
    """Return a name as a report can hold it: on one line, in letters that are text."""
    return name if name.isprintable() else repr(name)[1:-1]


def _in_folder(folder: Path) -> Iterator[Document]:
    for name, found in sorted(_walked(folder), key=lambda pair: pair[0]):
        yield found if isinstance(found, Document) else _filed(found, name)


def _walked(folder: Path) -> Iterator[tuple[str, Path | Document]]:
    """Yield the files which may be sheets, and a fault for each folder that cannot be entered."""
    closed: list[OSError] = []
    for where, _, names in os.walk(folder, onerror=closed.append):
        for name in filter(_may_be_sheet, names):
            path = Path(where, name)
            yield path.relative_to(folder).as_posix(), path
    for error in closed:
        name = str(error.filename)
        yield name, Document(_shown(name), fault=f"the folder cannot be read: {error.strerror or error}")


def _filed(path: Path, name: str) -> Document:
    shown = _shown(name)
    try:
        if not path.is_file() and path.exists():
            return Document(shown, fault="it is no regular file")  # reading a pipe would wait for ever
        size_bytes = path.stat().st_size
        return (
            _too_large(shown, size_bytes)
            if size_bytes > _LARGEST_DOCUMENT_BYTES
            else Document(shown, path.read_bytes())
        )
    except OSError as error:
        return Document(shown, fault=f"it cannot be read: {error.strerror or error}")


def _in_zip(source: Path) -> Iterator[Document]:
    try:
        with zipfile.ZipFile(source) as archive:
            for member in sorted(archive.infolist(), key=lambda info: info.filename):
                if _may_be_sheet(member.filename):
                    yield _zipped(archive, member)
    except _SIGNS_OF_DAMAGE as error:
        raise SourceError(f"the source {str(source)!r} is no readable zip: {error}") from error


def _zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Document:
    name = _shown(member.filename)
    if member.file_size > _LARGEST_DOCUMENT_BYTES:
        return _too_large(name, member.file_size)
    try:
        return Document(name, archive.read(member))
    except _SIGNS_OF_DAMAGE as error:
        return Document(name, fault=f"it cannot be unpacked: {str(error) or type(error).__name__}")


def _too_large(name: str, size_bytes: int) -> Document:
    return Document(name, fault=f"{size_bytes} bytes are too many for a sheet")


def _in_tar(source: Path) -> Iterator[Document]:
    try:
        with gzip.open(source) as plain, tarfile.open(fileobj=plain, mode="r:") as archive:
            for member in archive:
                if _may_be_sheet(member.name) and not member.isdir():
                    yield _untarred(archive, member)
            # To the end: gzip's checksum stands there, and tarfile takes a damaged header for the end.
            while piece := plain.read(_PIECE_BYTES):
                if piece.strip(b"\0"):
                    raise tarfile.ReadError("something which is no file stands in the middle of it")
    except _SIGNS_OF_DAMAGE as error:
        raise SourceError(f"the source {str(source)!r} is no readable npm package: {error}") from error


def _untarred(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Document:
    name = _shown(member.name)
    if member.size > _LARGEST_DOCUMENT_BYTES:
        return _too_large(name, member.size)
    content = archive.extractfile(member) if member.isfile() else None
    return Document(name, content.read()) if content else Document(name, fault="it is no regular file")

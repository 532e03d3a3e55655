"""Puts a file together from pieces, however often it is cut off. Adapter: files.

The unfinished file is all that is kept: it has its full length from the start, and each piece is written where it
belongs. After a cut each piece in it is compared with its name, so nothing has to be flushed on the way.
"""

from __future__ import annotations

import errno
import os
import stat
from hashlib import file_digest
from typing import TYPE_CHECKING, Self

from config.pieces import Piece, PiecesError, Unfit
from config.whole_file import open_plain, sync_directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType


class Assembly:
    """A file under way. One process works on it."""

    def __init__(self, unfinished: Path, pieces: Sequence[Piece]) -> None:
        """Begin, or go on with what is in `unfinished`.

        Raises:
            OSError: there is no room for all of it, or `unfinished` is a link or no plain file.
        """
        self._path = unfinished
        self._lacking: dict[Piece, list[int]] = {}
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "no plain file", str(unfinished))
        self._file = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            self._compare(pieces)
        except OSError:
            self._file.close()
            raise

    def _compare(self, pieces: Sequence[Piece]) -> None:
        length_bytes = sum(piece.size_bytes for piece in pieces)
        os.posix_fallocate(self._file.fileno(), 0, length_bytes)  # a full disk is met before a byte is asked for
        os.ftruncate(self._file.fileno(), length_bytes)
        for offset, piece in _placed(pieces):
            if Piece.of(os.pread(self._file.fileno(), piece.size_bytes, offset)) != piece:
                self._lacking.setdefault(piece, []).append(offset)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the unfinished file; it stays for the next time."""
        self._file.close()

    @property
    def lacking(self) -> tuple[Piece, ...]:
        """The pieces to ask for, each once, in the order of the file."""
        return tuple(self._lacking)

    def lacks(self, pieces: Iterable[Piece]) -> bool:
        """Return whether any of these is still lacking."""
        return any(piece in self._lacking for piece in pieces)

    def reuse(self, older: Path, pieces: Sequence[Piece]) -> None:
        """Take what is wanted of an older file, given its pieces; what it does not hold as they say is passed over.

        Raises:
            OSError: the older file cannot be read, or the disk refuses.
        """
        with open_plain(older) as file:
            for offset, piece in _placed(pieces):
                if piece in self._lacking:
                    self.take(os.pread(file.fileno(), piece.size_bytes, offset))

    def take(self, content: bytes) -> bool:
        """Put a piece in its place, or its places; False where it is none that is lacking.

        Raises:
            OSError: the disk refuses; the piece is still lacking.
        """
        piece = Piece.of(content)
        places = self._lacking.get(piece, [])
        for offset in places:
            self._write(content, offset)
        self._lacking.pop(piece, None)
        return bool(places)

    def finish(self, place: Path, sha256: bytes) -> None:
        """Put the whole file in its place, in the same file system; on return it is on the disk.

        Raises:
            PiecesError: pieces are lacking; or together they make another file, and then all of it is thrown away.
            OSError: the disk refuses.
        """
        if self._lacking:
            raise PiecesError(Unfit.INCOMPLETE)
        os.fsync(self._file.fileno())
        self._file.seek(0)
        if file_digest(self._file, "sha256").digest() != sha256:
            self._path.unlink()
            raise PiecesError(Unfit.OTHER_FILE)
        self._path.replace(place)
        sync_directory(place.parent)

    def _write(self, content: bytes, offset: int) -> None:
        written = os.pwrite(self._file.fileno(), content, offset)
        if written != len(content):
            raise OSError(errno.ENOSPC, "no room for a piece", str(self._path))


def _placed(pieces: Sequence[Piece]) -> Iterator[tuple[int, Piece]]:
    offset = 0
    for piece in pieces:
        yield offset, piece
        offset += piece.size_bytes

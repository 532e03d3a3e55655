"""Files that are there whole or not at all, and files from a hand that may have put anything there. Adapter: files.

A stick, or a folder that others can write to, may hold a link to somebody else's file, a pipe that never ends, a file
as large as the disk. Nothing here follows a link, waits for a pipe, or reads beyond its limit.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


def open_plain(path: Path) -> BinaryIO:
    """Open a file to read; the caller closes it.

    Raises:
        OSError: it cannot be read, or is a link or no plain file.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no plain file", str(path))
    return os.fdopen(descriptor, "rb")


def read_plain(path: Path, limit_bytes: int) -> bytes:
    """Return what the file holds.

    Raises:
        OSError: it cannot be read, is a link or no plain file, or holds more than `limit_bytes`.
    """
    with open_plain(path) as file:
        content = file.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise OSError(errno.EFBIG, "too large", str(path))
    return content


def write_new(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file that is not there yet; on return its content is on the disk.

    Raises:
        OSError: something is there, be it a link that leads nowhere, or the disk refuses.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Put a file in the place of what is there: who reads meanwhile, or after a cut, finds the old one or the new one.

    Its name is on the disk once `sync_directory` has run: once for many files.

    Raises:
        OSError: the disk refuses; what was there stays.
    """
    unfinished = path.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    write_new(unfinished, content, mode)
    unfinished.replace(path)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable.

    Raises:
        OSError: the disk refuses.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

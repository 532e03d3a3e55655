"""A small ext4 disk of its own: an image, mounted through a loop device. Needs root."""

from __future__ import annotations

import errno
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO
    from pathlib import Path

_CHUNK_BYTES = 1 << 16


@contextmanager
def small_disk(image: Path, mounted_at: Path, size_bytes: int) -> Iterator[None]:
    """Put a new disk of `size_bytes` under the folder `mounted_at`, with what the folder held."""
    with image.open("wb") as file:
        file.truncate(size_bytes)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
    before = image.with_suffix(".before")
    shutil.copytree(mounted_at, before, symlinks=True)
    subprocess.run(["mount", "-o", "loop", str(image), str(mounted_at)], check=True)
    try:
        shutil.copytree(before, mounted_at, symlinks=True, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", str(mounted_at)], check=True)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the disk under `folder` to its last byte with a file, and take the file away at the end."""
    balloon = folder / "balloon"
    try:
        with balloon.open("wb", buffering=0) as file:
            for size in (_CHUNK_BYTES, 1):
                while _written(file, size):
                    pass
        yield
    finally:
        balloon.unlink()


def _written(file: FileIO, size: int) -> bool:
    """Write `size` bytes, or return False where the disk has no room for them."""
    try:
        return file.write(bytes(size)) > 0
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return False
        raise

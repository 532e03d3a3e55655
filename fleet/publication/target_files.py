"""The files that roles name, in the repository under their digests. Adapter: files."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from tuf.api.exceptions import LengthOrHashMismatchError

from config.whole_file import open_plain, sync_directory
from fleet.publication.fault import TargetFileError

if TYPE_CHECKING:
    from pathlib import Path

    from tuf.api.metadata import TargetFile


def place(targets_dir: Path, target: TargetFile) -> Path:
    """Return where a file lies, or shall lie."""
    folder, _, name = target.path.rpartition("/")
    return targets_dir / folder / f"{target.hashes['sha256']}.{name}"


def store(targets_dir: Path, target: TargetFile, source: Path) -> None:
    """Bring a file in, if it is the one that the target names; on return it is on the disk.

    Raises:
        TargetFileError: it is another.
        OSError: it cannot be read, or the disk refuses.
    """
    stored = place(targets_dir, target)
    stored.parent.mkdir(parents=True, exist_ok=True)
    unfinished = stored.with_name(f"{stored.name}.part")
    with open_plain(source) as file:
        try:
            target.verify_length_and_hashes(file)
        except LengthOrHashMismatchError as error:
            raise TargetFileError(f"{str(source)!r} is not the file that was signed") from error
        file.seek(0)
        with unfinished.open("wb") as written:
            shutil.copyfileobj(file, written)
            written.flush()
            os.fsync(written.fileno())
    unfinished.replace(stored)
    sync_directory(stored.parent)

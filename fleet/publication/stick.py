"""The publication on a USB stick, for devices that no network reaches. Adapter: files.

DIR/guichet/publication/{metadata,targets,pieces}/  as on the hub; `metadata/timestamp.json` is written last
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from config.whole_file import sync_directory
from fleet.publication.fault import PublicationError
from fleet.publication.giving import Giver
from sync.supply.folder import ON_A_STICK

if TYPE_CHECKING:
    from pathlib import Path

_TIMESTAMP = "metadata/timestamp.json"


def export(folder: Path, directory: Path) -> tuple[int, int]:
    """Copy a publication to `directory`; return how many files, and of how many bytes together.

    A copy that is broken off leaves what was on the stick before, or nothing that is believed.

    Raises:
        PublicationError: nothing is published, or it cannot be written.
    """
    place = directory / ON_A_STICK
    try:
        if not (folder / _TIMESTAMP).exists():
            raise PublicationError("nothing is published yet")
        Giver(folder).take_all_apart()
        names = [
            str(path.relative_to(folder))
            for kind in ("metadata", "targets", "pieces")
            for path in _files(folder / kind)
        ]
        length_bytes = 0
        for name in [*(name for name in names if name != _TIMESTAMP), _TIMESTAMP]:
            length_bytes += _copy(folder / name, place / name)
        for each in {place, *(path for path in place.rglob("*") if path.is_dir())}:
            sync_directory(each)
    except OSError as error:
        raise PublicationError(f"cannot write {str(error.filename or directory)!r}: {error.strerror}") from error
    return len(names), length_bytes


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".part")


def _copy(source: Path, target: Path) -> int:
    length_bytes = source.stat().st_size
    if target.name != "timestamp.json" and target.exists() and target.stat().st_size == length_bytes:
        return length_bytes  # of an earlier export: names are never used again for other bytes
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, unfinished)
    unfinished.replace(target)
    return length_bytes

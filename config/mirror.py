"""The mirror of the hub's publication on a device: what has come as a whole is moved there, for the keeper to judge.

    metadata/timestamp.json  metadata/7.snapshot.json …    targets/<folder>/<sha256>.<name>

Whoever carries works in a folder of the same form beside it, and moves what it gathered in one go: names are never used
again for other bytes, and `timestamp.json`, which leads to all else, is replaced last. Adapter: files.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.whole_file import sync_directory

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

TIMESTAMP = "metadata/timestamp.json"
_VERSIONED = re.compile(r"(?P<version>[0-9]{1,12})\.(?P<role>.+)\.json")


def lay_beside(folder: Path, mirror: Path) -> None:
    """Let a carrier's folder have the metadata that is in the mirror, but for the timestamp.

    Raises:
        OSError: the disk refuses.
    """
    (folder / "metadata").mkdir(parents=True, exist_ok=True)
    for path in mirror.glob("metadata/*.json"):
        there = folder / "metadata" / path.name
        if path.name != "timestamp.json" and not there.exists():
            os.link(path, there)


def bring(folder: Path, mirror: Path, named: Collection[str]) -> None:
    """Move what a carrier has gathered in `folder` to the mirror; on return it is on the disk.

    `named` are the files below `targets/` that count from now on: others are deleted, and so is metadata that a newer
    version has replaced, but for roots, which heal what this device believes. Versions hold links of their own.

    Raises:
        OSError: the disk refuses; the mirror leads where it led.
    """
    with _alone(mirror):
        for path in sorted(folder.glob("targets/**/*")):
            if path.is_file():
                _move(path, mirror / path.relative_to(folder))
        for path in sorted(folder.glob("metadata/*.json")):
            if path.name != "timestamp.json":
                _move(path, mirror / "metadata" / path.name)
        for place in {mirror.parent, mirror, *(path for path in mirror.rglob("*") if path.is_dir())}:
            sync_directory(place)
        _move(folder / TIMESTAMP, mirror / TIMESTAMP)
        sync_directory(mirror / "metadata")
        _prune(mirror, named)


def _move(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    path.replace(place)


def _prune(mirror: Path, named: Collection[str]) -> None:
    for path in mirror.glob("targets/**/*"):
        if path.is_file() and str(path.relative_to(mirror / "targets")) not in named:
            path.unlink()
    newest: dict[str, int] = {}
    versioned = [(path, found) for path in mirror.glob("metadata/*.json") if (found := _VERSIONED.fullmatch(path.name))]
    for _, found in versioned:
        newest[found["role"]] = max(newest.get(found["role"], 0), int(found["version"]))
    for path, found in versioned:
        if found["role"] != "root" and int(found["version"]) < newest[found["role"]]:
            path.unlink()


@contextmanager
def _alone(mirror: Path) -> Iterator[None]:
    """Keep another carrier from moving meanwhile."""
    mirror.mkdir(parents=True, exist_ok=True)
    folder = os.open(mirror, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)

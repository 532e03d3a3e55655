"""An ext4 file system of our own on a loop device, whose block counters say what really reached the disk (root)."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMAGE_BYTES = 2_000_000_000
_SECTOR_BYTES = 512  # Documentation/block/stat.rst: sectors here are of 512 bytes, whatever the device's own


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the devices of the bench keep their files; without root, a plain folder that counts nothing."""

    folder: Path
    loop: str | None

    def written_bytes(self) -> int | None:
        """Return what has reached the block device so far, with everything flushed first."""
        if self.loop is None:
            return None
        _run("sync", "--file-system", str(self.folder))
        # Field 7 of the block device's stat file: sectors written.
        return int(Path(f"/sys/block/{self.loop}/stat").read_text(encoding="ascii").split()[6]) * _SECTOR_BYTES


@contextmanager
def loop_disk(work: Path) -> Iterator[Disk]:
    """Make and mount an ext4 image in `work`; take it away afterwards."""
    folder = work / "disk"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if os.geteuid() != 0:
        yield Disk(folder, None)
        return
    image = work / "disk.img"
    with image.open("wb") as file:
        file.truncate(_IMAGE_BYTES)
    # Everything is laid out now: what mkfs leaves for later would be counted as a peer's.
    _run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))
    device = _run("losetup", "--find", "--show", str(image)).strip()
    try:
        _run("mount", device, str(folder))
        try:
            yield Disk(folder, Path(device).name)
        finally:
            _run("umount", str(folder))
    finally:
        _run("losetup", "--detach", device)
        image.unlink()


def _run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout

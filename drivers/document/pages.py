"""A citizen's scanned pages, in memory only, and gone with the session. Adapter (a folder in tmpfs).

    <run_dir>/documents/<random>/0001.jpg …

Nothing of them may ever reach a disk: a folder that is not in memory is refused. What a killed process left is wiped
when the next one begins; what the power cut was in memory.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from drivers.interface import DeviceError, Fault

_IN_MEMORY = {"tmpfs", "ramfs"}


class PageFolder:
    """The pages of one session, in the order in which they will be bound."""

    def __init__(self, run_dir: Path) -> None:
        """Make the folder.

        Raises:
            DeviceError: `run_dir` is not in memory, or cannot be written to.
        """
        if not in_memory(run_dir):
            raise DeviceError(Fault.REFUSED, f"{str(run_dir)!r} is not in memory: pages are kept nowhere else")
        self.path = run_dir / "documents" / secrets.token_hex(8)
        try:
            self.path.mkdir(parents=True, mode=0o700)
        except OSError as error:
            raise DeviceError(Fault.REFUSED, f"{str(self.path)!r}: {error.strerror}") from error
        self._pages: list[Path] = []
        self._made = 0

    @property
    def pages(self) -> tuple[Path, ...]:
        """The pages, first to last."""
        return tuple(self._pages)

    def new_page(self) -> Path:
        """Return where the next page goes; `add` takes it in."""
        self._made += 1
        return self.path / f"{self._made:04}.jpg"

    def add(self, page: Path) -> int:
        """Take a page in at the end, and return its number, from 1."""
        self._pages.append(page)
        return len(self._pages)

    def remove(self, number: int) -> None:
        """Take a page out; its picture is gone."""
        self._pages.pop(number - 1).unlink(missing_ok=True)

    def move(self, number: int, to: int) -> None:
        """Put a page at another place."""
        self._pages.insert(to - 1, self._pages.pop(number - 1))

    def wipe(self) -> None:
        """Forget everything: the session ended."""
        self._pages.clear()
        shutil.rmtree(self.path, ignore_errors=True)


def wipe_leftovers(run_dir: Path) -> None:
    """Wipe what a process that was killed has left; before anything is scanned."""
    shutil.rmtree(run_dir / "documents", ignore_errors=True)


def in_memory(folder: Path) -> bool:
    """Say whether a folder lies in a file system that ends with the power."""
    folder = folder.resolve()
    mounts = (line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines())
    here = [(point, kind) for _, point, kind, *_ in mounts if folder.is_relative_to(point)]
    return bool(here) and max(here, key=lambda mount: len(mount[0]))[1] in _IN_MEMORY

"""A citizen's scanned pages, in memory only, and gone with the session. Adapter (a folder in tmpfs).

    <run_dir>/documents/<random>/0001.jpg …

Nothing of them may ever reach a disk: a folder that is not in memory is refused. What a killed process left is wiped
when the next one begins (`PageStore`); what the power cut was in memory. A page that is changed gets a new name, so
that no screen shows the old one from its cache. May be used from several threads.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import threading
from typing import TYPE_CHECKING

import structlog

from drivers.document import memory, retouch
from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PIL import Image

_log = structlog.get_logger(__name__)

_DOCUMENTS = "documents"


class PageFolder:
    """The pages of one session, in the order in which they will be bound; they are numbered from 1."""

    def __init__(self, run_dir: Path) -> None:
        """Make the folder.

        Raises:
            DeviceError: `run_dir` is not in memory, or cannot be written to.
        """
        if not memory.holds(run_dir):
            raise DeviceError(Fault.REFUSED, f"{str(run_dir)!r} is not in memory: pages are kept nowhere else")
        if memory.swaps_to_disk():
            _log.warning("pages may be swapped to a disk: this machine has swap space")
        self.path = run_dir / _DOCUMENTS / secrets.token_hex(8)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.path.mkdir(mode=0o700)
            if (
                os.geteuid() == 0
            ):  # a technician tries the scanner: what is left of that, the kiosk must be able to wipe
                _give_to_owner_of(run_dir, self.path.parent, self.path)
        except OSError as error:
            raise DeviceError(Fault.REFUSED, f"{str(self.path)!r}: {error.strerror}") from error
        self._door = threading.Lock()  # guards all below
        self._pages: list[Path] = []
        self._made = 0
        self._wiped = False

    @property
    def pages(self) -> tuple[Path, ...]:
        """The pages, first to last."""
        with self._door:
            return tuple(self._pages)

    @property
    def wiped(self) -> bool:
        """Whether the session is over; nothing is taken in any more."""
        return self._wiped

    def add(self, page: Image.Image, dpi: float) -> int:
        """Take a page in at the end, and return its number.

        Raises:
            OSError: there is no room left for it, or the session is over.
        """
        with self._door:
            self._pages.append(self._saved(page, dpi))
            return len(self._pages)

    def remove(self, number: int) -> None:
        """Take a page out; its picture is gone. What is not there is left alone, here and below."""
        with self._door:
            if self._has(number):
                self._pages.pop(number - 1).unlink(missing_ok=True)

    def move(self, number: int, to: int) -> None:
        """Put a page at another place."""
        with self._door:
            if self._has(number) and self._has(to):
                self._pages.insert(to - 1, self._pages.pop(number - 1))

    def turn(self, number: int, quarters: int = 1) -> None:
        """Turn a page clockwise.

        Raises:
            OSError: there is no room left; the page is as it was.
        """
        self._change(number, lambda page: retouch.turned(page, quarters))

    def crop(self, number: int, box: retouch.Box) -> None:
        """Keep a part of a page.

        Raises:
            OSError: there is no room left; the page is as it was.
        """
        self._change(number, lambda page: retouch.cropped(page, box))

    def thumbnail(self, number: int, longest_px: int = 320) -> bytes | None:
        """Return a small picture (JPEG) of a page for the screen; None where there is no such page."""
        with self._door:
            page = self._pages[number - 1] if self._has(number) else None
        try:
            return retouch.thumbnail(page, longest_px) if page else None
        except FileNotFoundError:  # it was removed meanwhile
            return None

    def wipe(self) -> None:
        """Forget everything: the session ended. Again is no harm."""
        with self._door:
            self._wiped = True
            self._pages.clear()
            shutil.rmtree(self.path, ignore_errors=True)

    def _change(self, number: int, change: Callable[[Image.Image], Image.Image]) -> None:
        with self._door:
            if self._has(number):
                before = self._pages[number - 1]
                page, dpi = retouch.opened(before)
                self._pages[number - 1] = self._saved(change(page), dpi)
                before.unlink(missing_ok=True)

    def _saved(self, page: Image.Image, dpi: float) -> Path:
        if self._wiped:
            raise OSError(errno.ENOENT, "the session is over")
        self._made += 1
        path = self.path / f"{self._made:04}.jpg"
        try:
            retouch.save(page, dpi, path)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path

    def _has(self, number: int) -> bool:
        return 1 <= number <= len(self._pages)


class PageStore:
    """All pages in `run_dir`, whoever scanned them. What a process that was killed has left is wiped at once."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._door = threading.Lock()  # guards the folder
        self._folder: PageFolder | None = None
        self.wipe()

    def begin(self) -> PageFolder:
        """Return a folder for a session; the one before is wiped.

        Raises:
            DeviceError: pages cannot be kept in memory here.
        """
        with self._door:
            self._wipe()
            self._folder = PageFolder(self._run_dir)
            return self._folder

    def wipe(self) -> None:
        """Forget all pages: a session ended, or the kiosk begins or ends. A scan under way is broken off."""
        with self._door:
            self._wipe()

    def _wipe(self) -> None:
        if self._folder is not None:
            self._folder.wipe()
            self._folder = None
        left = self._run_dir / _DOCUMENTS
        shutil.rmtree(left, ignore_errors=True)
        if left.exists():  # another's, or a child under way wrote into it meanwhile: its job wipes once more
            _log.warning("scanned pages are not all wiped", folder=str(left))


def _give_to_owner_of(owned: Path, *folders: Path) -> None:
    owner = owned.stat()
    for folder in folders:
        os.chown(folder, owner.st_uid, owner.st_gid)

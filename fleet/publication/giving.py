"""What the publication gives to a device that asks: parts of its files, and of what names their pieces. Adapter: files.

metadata/…  targets/…                    as they are published
pieces/<sha256>.{outline,list}           made at the first question for a target of that digest (`config.pieces`)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.pieces import MAX_FILE_BYTES, PiecesError, outline
from config.whole_file import read_plain, write_whole
from sync.supply.folder import read_part
from sync.supply.message import SMALL_BYTES, VERSION, Fetch, Given, Part, Range

if TYPE_CHECKING:
    from pathlib import Path


class Giver:
    """Reads the folder of a publication."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answer(self, fetch: Fetch) -> Given:
        """Return what was asked for; a file that cannot be read is not there.

        Raises:
            OSError: the list of a file's pieces cannot be kept.
        """
        return Given(VERSION, fetch.number, tuple(map(self._part, fetch.ranges)))

    def take_all_apart(self) -> None:
        """Make outline and list of every target that travels in pieces, for a stick.

        Raises:
            OSError: they cannot be kept.
        """
        for path in self._folder.glob("targets/**/*"):
            if path.is_file() and path.suffix != ".part" and path.stat().st_size > SMALL_BYTES:
                self._take_apart(path.name.partition(".")[0])

    def _part(self, wanted: Range) -> Part:
        if wanted.name.startswith("pieces/"):
            self._take_apart(wanted.name.removeprefix("pieces/").partition(".")[0])
        return read_part(self._folder, wanted)

    def _take_apart(self, digest: str) -> None:
        """Make outline and list of the target of a digest, if they are not there yet."""
        place = self._folder / "pieces"
        if (place / f"{digest}.outline").exists():
            return
        target = next((path for path in self._folder.glob(f"targets/**/{digest}.*") if path.suffix != ".part"), None)
        if target is None:
            return
        try:
            said, listed = outline(read_plain(target, MAX_FILE_BYTES))
        except (OSError, PiecesError):
            return
        place.mkdir(exist_ok=True)
        write_whole(place / f"{digest}.list", listed)
        write_whole(place / f"{digest}.outline", said.encode())

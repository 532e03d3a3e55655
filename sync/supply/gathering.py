"""Files under way from the hub: small ones at once, large ones by pieces that no older file has. Adapter: files.

What is not as it was named is never put in its place. What came of a large file before a cut is not asked for again.
"""

from __future__ import annotations

from enum import Enum
from hashlib import sha256
from itertools import accumulate
from typing import TYPE_CHECKING, Protocol

from config.assembly import Assembly
from config.pieces import MAX_OUTLINE_BYTES, PiecesError, Unfit, as_list, cut, decode_outline, pieces_of
from config.whole_file import write_whole
from sync.supply.message import MAX_GIVEN_BYTES, Range

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from config.pieces import Outline, Piece
    from config.trust import Trusted
    from sync.supply.message import Part

# Of bytes that are not as they were named: somebody on the way changes them, or the hub's disk is sick.
_MOST_WRONG = 3


class Fault(Enum):
    """Why a file cannot be gathered; the values end the sentence "… "."""

    ABSENT = "the hub does not have it"
    TOO_LONG = "the hub gives more than it may have"
    OTHER = "what comes is not what was signed"


class GatheringError(Exception):
    """The file cannot be had now: begin again with what the hub says next."""

    def __init__(self, name: str, fault: Fault) -> None:
        super().__init__(f"{name!r}: {fault.value}")
        self.name = name
        self.fault = fault


class Gathering(Protocol):
    """A file under way."""

    @property
    def done(self) -> bool:
        """Whether it is in its place."""
        ...

    def begin(self) -> list[Range]:
        """Return what to ask for first; nothing where all of it is here.

        Raises:
            GatheringError, OSError: as `take`.
        """
        ...

    def take(self, part: Part) -> list[Range]:
        """Take what came, and return what else to ask for; what is no part of it is passed over.

        Raises:
            GatheringError: the file cannot be had.
            OSError: the disk refuses.
        """
        ...

    def close(self) -> None:
        """Let go of what is open; what came stays for the next time."""
        ...


class Small:
    """A file that is held in memory until it is whole; `digest` (SHA-256) is empty where others judge what it says."""

    def __init__(self, name: str, place: Path, limit_bytes: int, digest: str = "") -> None:
        self._name = name
        self._place = place
        self._limit_bytes = limit_bytes
        self._digest = digest
        self._content = b""
        self.done = False

    def begin(self) -> list[Range]:
        """Ask for its beginning."""
        self._content = b""
        return [Range(self._name, 0, min(self._limit_bytes, MAX_GIVEN_BYTES))]

    def take(self, part: Part) -> list[Range]:
        """Add what came; one part is asked for at a time."""
        if part.name != self._name or part.first != len(self._content) or self.done:
            return []
        if not part.total:
            raise GatheringError(self._name, Fault.ABSENT)
        if part.total > self._limit_bytes:
            raise GatheringError(self._name, Fault.TOO_LONG)
        self._content += part.content
        if len(self._content) < part.total:
            rest_bytes = part.total - len(self._content)
            return [Range(self._name, len(self._content), min(rest_bytes, MAX_GIVEN_BYTES))]
        if self._digest and sha256(self._content).hexdigest() != self._digest:
            raise GatheringError(self._name, Fault.OTHER)
        self._place.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._place, self._content)
        self.done = True
        return []

    def close(self) -> None:
        """Nothing is open."""


class Large:
    """A signed file that comes in pieces: first their outline, then the list of them, then those that are lacking.

    `older` are files that may have pieces of it; `work` is where it is put together, on the disk of its `place`.
    """

    def __init__(self, target: Trusted, place: Path, work: Path, older: Iterable[Path]) -> None:
        self._target = target
        self._place = place
        self._work = work
        self._older = [(path, pieces_of(path.read_bytes())) for path in older]
        outline = f"{target.sha256}.outline"
        self._outline = Small(f"pieces/{outline}", work / outline, MAX_OUTLINE_BYTES)
        self._pieces: _Pieces | None = None
        self.done = False

    def begin(self) -> list[Range]:
        """Ask for the outline, unless it is here from the last time."""
        self._work.mkdir(parents=True, exist_ok=True)
        if self._file(".outline").exists():
            return self._begin_list()
        return self._outline.begin()

    def take(self, part: Part) -> list[Range]:
        """Take a part of the outline, of the list, or of the file itself."""
        if self._pieces is None:
            wishes = self._outline.take(part)
            return wishes or (self._begin_list() if self._outline.done else [])
        try:
            wishes = self._pieces.take(part)
        except GatheringError:
            # A piece that never comes right may have been named wrongly: begin with another outline the next time.
            self._forget(".outline", ".list")
            raise
        return wishes or self._go_on()

    def close(self) -> None:
        """Close the unfinished file."""
        if self._pieces is not None:
            self._pieces.assembly.close()

    def _go_on(self) -> list[Range]:
        """Begin what follows, once nothing is lacking of what is under way."""
        if self._pieces is None or self._pieces.assembly.lacking:
            return []
        if self._pieces.name.startswith("pieces/"):
            return self._begin_file()
        self._finish()
        return []

    def _begin_list(self) -> list[Range]:
        try:
            outline = self._said()
            pieces = outline.list_pieces
        except PiecesError as error:
            raise self._deceived() from error
        self._pieces = _Pieces(f"pieces/{self._target.sha256}.list", self._file(".list"), pieces)
        for _, older in self._older:
            for piece in cut(as_list(older)):
                self._pieces.assembly.take(piece)
        return self._pieces.wishes() or self._go_on()

    def _begin_file(self) -> list[Range]:
        self.close()
        try:
            pieces = self._said().pieces(self._file(".list").read_bytes())
        except PiecesError as error:
            raise self._deceived() from error
        self._pieces = _Pieces(f"targets/{self._target.file}", self._file(".gathered"), pieces)
        for path, older in self._older:
            self._pieces.assembly.reuse(path, older)
        return self._pieces.wishes() or self._go_on()

    def _finish(self) -> None:
        assert self._pieces is not None  # noqa: S101  (all of them have come)
        self._place.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._pieces.assembly.finish(self._place, bytes.fromhex(self._target.sha256))
        except PiecesError as error:
            raise self._deceived() from error
        self.close()
        self._forget(".outline", ".list")
        self.done = True

    def _said(self) -> Outline:
        """Return the outline.

        Raises:
            PiecesError: it is none, or not one of the file that was signed.
        """
        outline = decode_outline(self._file(".outline").read_bytes())
        if (outline.length_bytes, outline.sha256.hex()) != (self._target.length_bytes, self._target.sha256):
            raise PiecesError(Unfit.OTHER_FILE)
        return outline

    def _deceived(self) -> GatheringError:
        """Throw away what came: it is not so."""
        self.close()
        self._forget(".outline", ".list", ".gathered")
        return GatheringError(f"targets/{self._target.file}", Fault.OTHER)

    def _forget(self, *suffixes: str) -> None:
        for suffix in suffixes:
            self._file(suffix).unlink(missing_ok=True)

    def _file(self, suffix: str) -> Path:
        return self._work / f"{self._target.sha256}{suffix}"


class _Pieces:
    """A file that is put together: which ranges to ask for, and which pieces each of them brings."""

    def __init__(self, name: str, unfinished: Path, pieces: tuple[Piece, ...]) -> None:
        self.name = name
        self.assembly = Assembly(unfinished, pieces)
        self._placed = tuple(zip(accumulate((piece.size_bytes for piece in pieces), initial=0), pieces, strict=False))
        self._asked: dict[int, list[Piece]] = {}
        self._wrong = 0

    def wishes(self) -> list[Range]:
        """Return the ranges that hold what is lacking, each piece once, neighbours together."""
        lacking = set(self.assembly.lacking)
        run, end = -1, -1
        for offset, piece in self._placed:
            if piece not in lacking:
                continue
            lacking.remove(piece)
            if offset == end and end + piece.size_bytes - run <= MAX_GIVEN_BYTES:
                self._asked[run].append(piece)
            else:
                run = offset
                self._asked[run] = [piece]
            end = offset + piece.size_bytes
        return [self._range(first) for first in self._asked]

    def take(self, part: Part) -> list[Range]:
        """Take the pieces of a range; where one is not as it was named, return the range, to ask for it again."""
        pieces = self._asked.get(part.first) if part.name == self.name else None
        if pieces is None:
            return []
        if part.total is None:
            raise GatheringError(self.name, Fault.ABSENT)
        at = 0
        for piece in pieces:
            self.assembly.take(part.content[at : at + piece.size_bytes])
            at += piece.size_bytes
        if not self.assembly.lacks(pieces):
            del self._asked[part.first]
            return []
        self._wrong += 1
        if self._wrong >= _MOST_WRONG:
            raise GatheringError(self.name, Fault.OTHER)
        return [self._range(part.first)]

    def _range(self, first: int) -> Range:
        return Range(self.name, first, sum(piece.size_bytes for piece in self._asked[first]))

"""The versions of a device's configuration on its disk, each whole, and which of them is in force. Adapter: files.

    versions/7/            one version: `version.json` and the files that it names; never written to again
                           some of them were made here of others: a pack, of the stream of its sheets
    current -> versions/7  what a process reads when it starts; absent where the device is as it was installed
    standing.json          the truth: the last good version, the one on trial, the last refused (`config.trial`)

One process writes. What is made is flushed before anything names it, so that a cut of power leaves the old or the new;
`current` is put right after `standing.json` whenever they differ.
"""

from __future__ import annotations

import errno
import os
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING
from zlib import crc32

import msgspec
import structlog

from config.needs import unpacked
from config.trial import Standing
from config.whole_file import read_plain, sync_directory, write_new, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Unpack = Callable[[Path, Path], None]

log = structlog.get_logger()
INSTALLED = 0
# What msgspec raises of bytes that are not what they should be.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NOTE = "version.json"
_MAX_NOTE_BYTES = 256_000
_COPY_BYTES = 1 << 20
# A pack is one and a third times its stream, and SQLite writes it twice. It is tried every second: without this, a
# nearly full disk would be full every second, and the outbox lies on it.
_ROOM_TO_UNPACK = 4


class VersionError(Exception):
    """A version is not as it was made."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a version: its size, and its SHA-256 in hexadecimal digits."""

    length_bytes: int
    sha256: str


class UnpackError(Exception):
    """A file cannot be made of what was signed; the message is a sentence without a full stop."""


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a version is made of, by relative path: what was signed, what was made of it here, and why what was not."""

    files: dict[str, File]
    made: dict[str, File] = {}
    unmade: dict[str, str] = {}

    @property
    def digest(self) -> str:
        """What names this content wherever it is: two versions of one digest are the same."""
        listed = sorted((path, file.length_bytes, file.sha256) for path, file in self.files.items())
        return sha256(msgspec.json.encode(listed)).hexdigest()


class _Kept(msgspec.Struct, frozen=True):
    """`standing.json`: the standing as JSON, and its CRC-32, so that a flipped bit is seen."""

    standing: str
    crc: int


def note_of(version: Path) -> Note:
    """Return what the version in a folder is made of.

    Raises:
        VersionError: it does not say so.
    """
    try:
        return msgspec.json.decode(read_plain(version / _NOTE, _MAX_NOTE_BYTES), type=Note)
    except (OSError, *UNREADABLE) as error:
        raise VersionError(f"version {version.name} cannot be read: {error}") from error


class VersionStore:
    """The folder of versions; for its one writer."""

    def __init__(self, directory: Path, unpack: Unpack | None = None) -> None:
        """Read how things stand.

        `unpack(source, target)` makes the file that others read of one that travels (`config.needs.unpacked`), whole
        and flushed; it raises UnpackError, or OSError where the disk refuses.

        Raises:
            OSError: the folder cannot be made or read.
        """
        self._directory = directory
        self._unpack = unpack
        self._versions = directory / "versions"
        self._versions.mkdir(parents=True, exist_ok=True)
        sync_directory(directory)
        self.standing = self._read()
        self._point()

    def path(self, number: int) -> Path:
        """Return the folder of a version."""
        return self._versions / str(number)

    def note(self, standing: Standing) -> None:
        """Let `standing` be so; on return it is on the disk, and `current` follows it.

        Raises:
            OSError: the disk refuses; the old one stays.
        """
        said = msgspec.json.encode(standing).decode()
        kept = msgspec.json.encode(_Kept(said, crc32(said.encode())))
        write_whole(self._directory / "standing.json", kept)
        sync_directory(self._directory)
        self.standing = standing
        self._point()

    def make(self, files: Mapping[str, Path]) -> tuple[int, str]:
        """Make a version of `files` (relative path to a file on this disk); return its number and its digest.

        On return all of it is on the disk. Files on the same file system are linked, not copied: they must never
        change. What cannot be unpacked is noted with the reason, and not there.

        Raises:
            OSError: the disk refuses; nothing is made.
        """
        number = max(0, self.standing.newest, *self._numbers()) + 1
        unfinished = self._versions / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            note = self._fill(unfinished, files)
        except OSError:
            shutil.rmtree(unfinished, ignore_errors=True)  # what is left of it would keep a full disk full
            raise
        unfinished.rename(self.path(number))
        sync_directory(self._versions)
        return number, note.digest

    def _fill(self, folder: Path, files: Mapping[str, Path]) -> Note:
        folder.mkdir()
        taken = Note({path: _take(source, folder / path) for path, source in sorted(files.items())})
        note = self._unpacked(taken, folder)
        write_new(folder / _NOTE, msgspec.json.encode(note))
        for each in {folder, *(each for each in folder.rglob("*") if each.is_dir())}:
            sync_directory(each)
        return note

    def check(self, number: int) -> Note:
        """Return what a version is made of, after a look at every byte.

        Raises:
            VersionError: it is not here, or not as it was made.
        """
        folder = self.path(number)
        note = note_of(folder)
        try:
            for path, file in (note.files | note.made).items():
                if _measure(folder / path) != file:
                    raise VersionError(f"{path} of version {number} is not as it was made")
        except OSError as error:
            raise VersionError(f"version {number} cannot be read: {error}") from error
        return note

    def forget_others(self) -> None:
        """Delete what is neither good nor on trial.

        Raises:
            OSError: the disk refuses; what is in force is whole.
        """
        for number in self._numbers() - {self.standing.good, self.standing.in_force}:
            # Under a name that nobody reads, so that half a version is never taken for one.
            shutil.rmtree(self._versions / "unfinished", ignore_errors=True)
            self.path(number).rename(self._versions / "unfinished")
            shutil.rmtree(self._versions / "unfinished")

    def _unpacked(self, note: Note, folder: Path) -> Note:
        """Make in `folder` what is made of a version's files; of the good version, where that has it."""
        made: dict[str, File] = {}
        unmade: dict[str, str] = {}
        for path, file in note.files.items() if self._unpack else ():
            target = unpacked(path)
            if target is None:
                continue
            try:
                made[target] = self._link_of_good(path, file, target, folder) or self._unpack_one(folder, path, target)
            except UnpackError as error:
                unmade[target] = str(error)
        return Note(note.files, made, unmade)

    def _unpack_one(self, folder: Path, path: str, target: str) -> File:
        assert self._unpack is not None  # noqa: S101  (the caller has looked)
        needed_bytes = _ROOM_TO_UNPACK * (folder / path).stat().st_size
        if shutil.disk_usage(folder).free < needed_bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._versions))
        self._unpack(folder / path, folder / target)
        return _measure(folder / target)

    def _link_of_good(self, path: str, file: File, target: str, folder: Path) -> File | None:
        try:
            good = note_of(self.path(self.standing.good))
        except VersionError:
            return None
        if good.files.get(path) != file or target not in good.made:
            return None
        found = _take(self.path(self.standing.good) / target, folder / target)
        if found == good.made[target]:
            return found
        (folder / target).unlink()  # damaged since
        return None

    def _numbers(self) -> set[int]:
        return {int(each.name) for each in self._versions.iterdir() if each.name.isdecimal()}

    def _read(self) -> Standing:
        try:
            content = read_plain(self._directory / "standing.json", _MAX_NOTE_BYTES)
        except FileNotFoundError:
            return Standing()
        standing = _standing(content)
        if standing is None:
            log.error("standing of the configuration is damaged")
            return self.shown()
        return standing

    def shown(self) -> Standing:
        """Return the standing that the folder itself shows: what `current` names, else the newest whole version."""
        for number in (self._current(), *sorted(self._numbers(), reverse=True)):
            try:
                return Standing(number, self.check(number).digest, newest=max(self._numbers()))
            except VersionError:
                continue
        return Standing()

    def _current(self) -> int:
        try:
            return int((self._directory / "current").readlink().name)
        except (OSError, ValueError):
            return INSTALLED

    def _point(self) -> None:
        """Let `current` name what is in force."""
        link, number = self._directory / "current", self.standing.in_force
        if number == self._current() and (number != INSTALLED or not link.is_symlink()):
            return
        if number == INSTALLED:
            link.unlink(missing_ok=True)
        else:
            unfinished = self._directory / "current.part"
            unfinished.unlink(missing_ok=True)
            unfinished.symlink_to(f"versions/{number}")
            unfinished.replace(link)
        sync_directory(self._directory)


def _standing(content: bytes) -> Standing | None:
    try:
        kept = msgspec.json.decode(content, type=_Kept)
        return msgspec.json.decode(kept.standing, type=Standing) if kept.crc == crc32(kept.standing.encode()) else None
    except UNREADABLE:
        return None


def _take(source: Path, target: Path) -> File:
    """Bring a file into a version, flushed, and say what it is."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target, follow_symlinks=False)
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return _measure(target)


def _measure(path: Path) -> File:
    length_bytes, digest = 0, sha256()
    with path.open("rb") as file:
        while some := file.read(_COPY_BYTES):
            length_bytes += len(some)
            digest.update(some)
    return File(length_bytes, digest.hexdigest())

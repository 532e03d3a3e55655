"""What a device may believe of configuration and content. Adapter: files; the network and the clock are never asked.

python-tuf judges: signatures, thresholds, versions, expiry, lengths and hashes. Here it is told which files to read (a
mirror that any carrier may have filled), what time it is, and where to work.

The time is the hub's, never this machine's: a Raspberry Pi starts in 1970 and would believe all that ever expired, and
one in 2040 would refuse every cure. It is the latest time at which the hub ever signed a timestamp that this device has
seen, or what the caller knows of the hub's time where that is later.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuf.api.exceptions import DownloadError, LengthOrHashMismatchError, RepositoryError
from tuf.api.metadata import Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient import Updater

from config import online
from config.distrust import Distrust, TrustError
from config.trust_floor import Floor
from config.trust_mirror import ADDRESS, CONFIG, Mirror
from config.trusted_set import TrustedSet
from config.whole_file import open_plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet

_SHA256 = re.compile(r"[0-9a-f]{64}")
_REFUSALS = (RepositoryError, DownloadError, OSError)
# What no file in the mirror can mend.
_OURS = {Distrust.DISK, Distrust.ENROLMENT, Distrust.LIBRARY}


@dataclass(frozen=True, slots=True)
class Trusted:
    """A file that may be believed, once its bytes are these; `sha256` in hexadecimal digits."""

    path: str
    length_bytes: int
    sha256: str

    @property
    def file(self) -> str:
        """Where it lies below the mirror's `targets/`."""
        folder, slash, name = self.path.rpartition("/")
        return f"{folder}{slash}{self.sha256}.{name}"

    def check(self, mirror: Path) -> Path:
        """Return the file in the mirror, after a look at every byte.

        Raises:
            TrustError: it is not here, not whole, or not these bytes.
        """
        path = mirror / "targets" / self.file
        judged = TargetFile(self.length_bytes, {"sha256": self.sha256}, self.path)
        try:
            with open_plain(path) as file:
                length_bytes = file.seek(0, 2)
                if length_bytes != self.length_bytes:
                    short = length_bytes < self.length_bytes
                    raise TrustError(Distrust.INCOMPLETE if short else Distrust.TOO_LONG, self.file)
                judged.verify_length_and_hashes(file)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise TrustError(Distrust.INCOMPLETE, self.file) from error
        except OSError as error:
            raise TrustError(Distrust.UNREADABLE, self.file, error.strerror or "") from error
        except LengthOrHashMismatchError as error:
            raise TrustError(Distrust.TAMPERED, self.file) from error
        return path


class Believed:
    """What a mirror says, where all of it may be believed; good until the next refresh."""

    def __init__(self, updater: Updater, mirror: Mirror, floor: Floor) -> None:
        self._updater = updater
        self._mirror = mirror
        self.signed_s = floor.signed_s
        self.versions = floor.versions

    def find(self, path: str) -> Trusted | None:
        """Return what is signed under this path; None where nothing is, or by a role that may not name it.

        Raises:
            TrustError: the role that may name it is not in the mirror yet, or cannot be believed.
        """
        try:
            found = self._updater.get_targetinfo(path)
        except _REFUSALS as error:
            raise self._mirror.refusal(error) from error
        if found is None:
            return None
        digest = found.hashes.get("sha256", "")
        # A file is written under it: whoever has stolen the hub's key must not choose where.
        if not _SHA256.fullmatch(digest):
            raise TrustError(Distrust.MALFORMED, path, "it is signed without a SHA-256")
        # A carrier fetches as much as is signed: a stolen hub key must not fill the disk.
        if path.startswith("online/") and found.length > online.MAX_BYTES:
            raise TrustError(Distrust.TOO_LONG, path)
        return Trusted(path, found.length, digest)


class Trust:
    """Judges a mirror by what this device has believed before.

    `directory` is where that is kept; `root` is the metadata with which the device was enrolled; `scratch` is a folder
    of each process's own, best in memory. One process refreshes; others may ask what is wanted.
    """

    def __init__(self, directory: Path, root: bytes, scratch: Path | None = None) -> None:
        self._set = TrustedSet(directory, scratch)
        self._root = root

    def refresh(self, mirror: Path, hub_time_s: int) -> Believed:
        """Return what the mirror says; on return it is on the disk as the trusted set.

        `hub_time_s` is what is known of the hub's time otherwise, in Unix seconds; 0 where nothing is.

        Raises:
            TrustError: some of it cannot be believed, or is not here yet; the trusted set stays as it was.
        """
        believed, floor = self._judge(mirror, hub_time_s)
        try:
            self._set.adopt_scratch(floor)
        except OSError as error:
            raise TrustError(Distrust.DISK, "the trusted set", error.strerror or "") from error
        return believed

    def wanted(self, mirror: Path, hub_time_s: int, paths: Iterable[str] = ()) -> tuple[str, ...]:
        """Return what to bring next into the mirror's `metadata/`, so that `paths` can be found; nothing is adopted.

        The next root comes first: nobody but the repository knows whether there is one, and all else may hang on it.
        Where all is here, only the timestamp may be newer.

        Raises:
            TrustError: no file that a carrier could bring would help.
        """
        try:
            believed = self.look(mirror, hub_time_s)
            for path in paths:
                believed.find(path)
        except TrustError as error:
            if error.reason in _OURS:
                raise
            lacking = error.file
        else:
            lacking = "timestamp.json"
        following = self._next_root()
        return (following,) if lacking == following else (following, lacking)

    def look(self, mirror: Path, hub_time_s: int) -> Believed:
        """Return what the mirror says, for a carrier that fills it; nothing is adopted.

        Raises:
            TrustError: as `refresh`.
        """
        return self._judge(mirror, hub_time_s)[0]

    def _judge(self, mirror: Path, hub_time_s: int) -> tuple[Believed, Floor]:
        reader, seen = Mirror(mirror), self._set.floor
        try:
            trusted = self._run(reader, hub_time_s)[1]
            floor = _floor(trusted)
            known = seen.under(floor.online_keys)
            now_s = max(hub_time_s, known.signed_s, floor.signed_s)
            # Once more at the time just learnt: what had expired by then must go, before anything is adopted.
            updater, trusted = self._run(reader, now_s)
            floor = _floor(trusted)
        except _REFUSALS as error:
            self._need_roots(seen)
            raise reader.refusal(error) from error
        self._need_roots(seen)
        if role := known.lower(floor.versions):
            raise TrustError(Distrust.ROLLBACK, _file(role, floor), f"version {known.versions[role]} was seen")
        floor = Floor(floor.versions, max(floor.signed_s, known.signed_s), floor.online_keys)
        return Believed(updater, reader, floor), floor

    def _run(self, reader: Mirror, now_s: int) -> tuple[Updater, TrustedMetadataSet]:
        """Let python-tuf judge at a time.

        It takes its reference time from the clock when it is made; the set below it is private, so a test holds that
        it is there, and where it is not nothing is judged.
        """
        self._set.lay_out()
        try:
            updater = Updater(str(self._set.scratch), ADDRESS, fetcher=reader, config=CONFIG, bootstrap=self._root)
        except RepositoryError as error:
            raise TrustError(Distrust.ENROLMENT, "the root of the enrolment", str(error)) from error
        trusted: TrustedMetadataSet | None = getattr(updater, "_trusted_set", None)
        if trusted is None or not isinstance(getattr(trusted, "reference_time", None), dt.datetime):
            raise TrustError(Distrust.LIBRARY, "the mirror")
        trusted.reference_time = dt.datetime.fromtimestamp(now_s, dt.UTC)
        updater.refresh()
        return updater, trusted

    def _need_roots(self, seen: Floor) -> None:
        """Refuse to judge by an older root than one seen: it was damaged here, and has to come again."""
        if self._root_version() < seen.versions.get(Root.type, 0):
            raise TrustError(Distrust.INCOMPLETE, self._next_root(), "the one kept here is damaged")

    def _root_version(self) -> int:
        """Return the version of the newest root that the last judgement followed; 0 where it came to none."""
        try:
            return int((self._set.scratch / "root.json").readlink().name.partition(".")[0])
        except OSError:
            return 0

    def _next_root(self) -> str:
        return f"{self._root_version() + 1}.root.json"


def _floor(trusted: TrustedMetadataSet) -> Floor:
    root, timestamp = trusted.root, trusted.timestamp
    online_keys = {keyid for role in (Timestamp.type, Snapshot.type) for keyid in root.roles[role].keyids}
    versions = {role: trusted[role].version for role in (Root.type, Timestamp.type, Snapshot.type, Targets.type)}
    return Floor(versions, _signed_s(timestamp), tuple(sorted(online_keys)))


def _signed_s(timestamp: Timestamp) -> int:
    try:
        signed_at = dt.datetime.fromisoformat(timestamp.unrecognized_fields["signed_at"])
        return int(signed_at.astimezone(dt.UTC).timestamp())
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise TrustError(Distrust.MALFORMED, "timestamp.json", "it does not say when it was signed") from error


def _file(role: str, floor: Floor) -> str:
    return "timestamp.json" if role == Timestamp.type else f"{floor.versions[role]}.{role}.json"

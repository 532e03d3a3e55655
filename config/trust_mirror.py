"""The mirror that carriers fill, as python-tuf reads it. Adapter: files; never the network.

    metadata/timestamp.json  metadata/7.snapshot.json  metadata/2.root.json …
    targets/<folder>/<sha256>.<name>

Anything may lie there: a pipe, a link, a file without end.
"""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING

import msgspec
from tuf.api import exceptions
from tuf.ngclient import FetcherInterface, UpdaterConfig

from config.distrust import Distrust, TrustError
from config.whole_file import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Not a real address: what follows it is a name in `metadata/`.
ADDRESS = "mirror:///"
# A root of three people's keys and three of the hub's has 3 kB; room for twenty people.
ROOT_MAX_BYTES = 64_000
# A timestamp names one file: 600 bytes.
TIMESTAMP_MAX_BYTES = 16_000
# 140 bytes a group: 1,400 groups.
SNAPSHOT_MAX_BYTES = 200_000
# 210 bytes a group in the top role, 160 bytes a device in a group's: 2,300 groups, or 3,000 devices in one.
TARGETS_MAX_BYTES = 500_000
# What one file may be as bytes in memory; a device with 512 MB reads it while it paints.
_LIMITS_BYTES = {"root": ROOT_MAX_BYTES, "timestamp": TIMESTAMP_MAX_BYTES, "snapshot": SNAPSHOT_MAX_BYTES}
_NAME = re.compile(r"(?:[0-9]+\.)?(?P<role>[A-Za-z0-9_.%-]+)\.json")

CONFIG = UpdaterConfig(
    # Twenty years of two changes of keys a year, and some to spare.
    max_root_rotations=64,
    # No delegation of ours delegates further: the top role and one more.
    max_delegations=4,
    root_max_length=ROOT_MAX_BYTES,
    timestamp_max_length=TIMESTAMP_MAX_BYTES,
    snapshot_max_length=SNAPSHOT_MAX_BYTES,
    targets_max_length=TARGETS_MAX_BYTES,
)


def limit_bytes(role: str) -> int:
    """Return how long the metadata of a role may be."""
    return _LIMITS_BYTES.get(role, TARGETS_MAX_BYTES)


def limit_of_file_bytes(name: str) -> int | None:
    """Return how long a file of metadata may be; None where no file of ours has this name."""
    named = _NAME.fullmatch(name)
    return limit_bytes(named["role"]) if named else None


class Mirror(FetcherInterface):
    """Reads the metadata of a mirror; remembers what it read last, which is what a refusal is about."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "metadata"
        self._read: tuple[str, bytes] = ("timestamp.json", b"")

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = url.removeprefix(ADDRESS)
        self._read = (name, b"")
        limit = limit_of_file_bytes(name)
        if limit is None:
            raise exceptions.DownloadError(f"{name!r} is no name of ours")
        try:
            # The limit holds also where signed metadata, under a stolen key, allows more.
            content = read_plain(self._folder / name, limit)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise exceptions.DownloadHTTPError("not in the mirror", 404) from error
        except OSError as error:
            refused = exceptions.DownloadLengthMismatchError if error.errno == errno.EFBIG else exceptions.DownloadError
            raise refused(error.strerror) from error
        self._read = (name, content)
        return iter([content])

    def refusal(self, error: Exception) -> TrustError:
        """Return python-tuf's (or the disk's) refusal in our terms."""
        name, content = self._read
        if isinstance(error, exceptions.ExpiredMetadataError):
            # Whatever has expired, only a newer timestamp can lead to its successor.
            return TrustError(Distrust.EXPIRED, "timestamp.json", str(error))
        return TrustError(_reason(error, content), name, str(error))


def _reason(error: Exception, content: bytes) -> Distrust:  # noqa: PLR0911  (a table: one line a kind)
    match error:
        case exceptions.DownloadHTTPError():
            return Distrust.INCOMPLETE
        case exceptions.DownloadLengthMismatchError():
            return Distrust.TOO_LONG
        case exceptions.DownloadError():
            return Distrust.UNREADABLE
        case exceptions.BadVersionNumberError():
            return Distrust.ROLLBACK
        case exceptions.UnsignedMetadataError():
            return Distrust.SIGNATURES
        case exceptions.LengthOrHashMismatchError():
            return Distrust.INCOMPLETE if _breaks_off(content) else Distrust.TAMPERED
        case exceptions.RepositoryError():
            return Distrust.INCOMPLETE if _breaks_off(content) else Distrust.MALFORMED
        case _:
            return Distrust.DISK


def _breaks_off(content: bytes) -> bool:
    """Tell whether it is the beginning of something: a carrier was cut, and brings the rest."""
    try:
        msgspec.json.decode(content, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        return "truncated" in str(error)
    except (UnicodeDecodeError, RecursionError):
        return False
    return False

"""What has come of the hub's publication, and what this device still lacks of it. Adapter: files.

What comes lies in a folder of its own until all of it is here and may be believed; then it is moved to the mirror as
one. So the mirror never holds half of a push, nor what nobody signed.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from config import mirror as mirrors
from config.distrust import Distrust, TrustError
from config.fault import ConfigError
from config.trust_mirror import TIMESTAMP_MAX_BYTES, limit_of_file_bytes
from config.whole_file import read_plain, write_whole
from sync.supply.gathering import Gathering, Large, Small
from sync.supply.message import SMALL_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from config.needs import Needs
    from config.trust import Believed, Trust, Trusted

# A file of metadata that came so often and still is not what its roles say: what was announced cannot be had.
_MOST_ATTEMPTS = 2


class Shelf:
    """The folder of what comes, beside the mirror; for one thread."""

    def __init__(self, incoming: Path, mirror: Path, trust: Trust, needs: Needs) -> None:
        """Work in `incoming`, on the file system of `mirror`."""
        self._incoming = incoming
        self._mirror = mirror
        self._trust = trust
        self._needs = needs
        self._absent: set[str] = set()
        self._attempts: dict[str, int] = {}

    def announce(self, timestamp: bytes) -> bool:
        """Take the hub's latest timestamp, and return whether it is another than the mirror's.

        Raises:
            OSError: the disk refuses.
        """
        self._absent.clear()
        self._attempts.clear()
        if len(timestamp) > TIMESTAMP_MAX_BYTES or timestamp == self._present():
            return False
        mirrors.lay_beside(self._incoming, self._mirror)
        write_whole(self._incoming / mirrors.TIMESTAMP, timestamp)
        return True

    def lacking(self) -> list[Gathering]:
        """Return what to gather next of what was announced; once that is nothing, all of it is in the mirror.

        Raises:
            TrustError: it cannot be believed, whatever else comes.
            OSError: the disk refuses.
        """
        names = [name for name in self._trust.wanted(self._incoming, 0) if self._may_come(name)]
        believed = None if names else self._trust.look(self._incoming, 0)
        if believed is not None:
            try:
                return self._lacking_files(believed)
            except TrustError as error:
                if error.reason is not Distrust.INCOMPLETE or not self._may_come(error.file):
                    raise
                names = [error.file]
        return [self._metadata(name) for name in names]

    def may_lack(self, name: str) -> bool:
        """Note that the hub does not have this file, and return whether that is no harm: there is no newer root."""
        self._absent.add(name.removeprefix("metadata/"))
        return name.endswith(".root.json")

    def forget(self) -> None:
        """Throw away what was gathered."""
        shutil.rmtree(self._incoming, ignore_errors=True)

    def _may_come(self, name: str) -> bool:
        return name not in self._absent and name != "timestamp.json" and self._attempts.get(name, 0) < _MOST_ATTEMPTS

    def _metadata(self, name: str) -> Gathering:
        self._attempts[name] = self._attempts.get(name, 0) + 1
        limit = limit_of_file_bytes(name)
        if limit is None:  # whoever has stolen the hub's key must not choose where a file is written
            raise TrustError(Distrust.MALFORMED, name)
        return Small(f"metadata/{name}", self._incoming / "metadata" / name, limit)

    def _lacking_files(self, believed: Believed) -> list[Gathering]:
        needed: list[Trusted] = []
        # Documents that are no TOML are brought as they are: the keeper refuses them, and says so.
        with suppress(ConfigError):
            needed.extend(trusted for _, trusted in self._needs.of(believed, self._text))
        lacking = [trusted for trusted in needed if self._place(trusted) is None]
        if lacking:
            return [self._file(trusted) for trusted in lacking]
        mirrors.bring(self._incoming, self._mirror, {trusted.file for trusted in needed})
        self.forget()
        return []

    def _text(self, document: Trusted) -> str | None:
        place = self._place(document)
        return None if place is None else place.read_text(encoding="utf-8", errors="replace")

    def _place(self, trusted: Trusted) -> Path | None:
        for folder in (self._incoming, self._mirror):
            try:
                return trusted.check(folder)
            except TrustError:
                continue
        return None

    def _file(self, trusted: Trusted) -> Gathering:
        place = self._incoming / "targets" / trusted.file
        if trusted.length_bytes <= SMALL_BYTES:
            return Small(f"targets/{trusted.file}", place, trusted.length_bytes, trusted.sha256)
        older = self._mirror.glob(f"targets/{trusted.path.rpartition('/')[0]}/*.{trusted.path.rpartition('.')[2]}")
        return Large(trusted, place, self._incoming / "pieces", sorted(older))

    def _present(self) -> bytes:
        try:
            return read_plain(self._mirror / mirrors.TIMESTAMP, TIMESTAMP_MAX_BYTES)
        except OSError:
            return b""

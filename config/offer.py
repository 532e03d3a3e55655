"""The version that the hub wants this device to have, from a mirror that a carrier fills. Adapter: files.

A carrier puts each file in its place whole, by a rename: what a version is made of is linked, and must never change.

A version is three documents, of the fleet, of the device's group and of the device itself, as far as there are such,
and the files that they name (`config.needs`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from config import vital_signs
from config.distrust import Distrust, TrustError
from config.fault import ConfigError
from config.needs import Needs
from config.versions import File, Note
from config.whole_file import read_plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from config.trust import Believed, Trust, Trusted

log = structlog.get_logger()
_MAX_DOCUMENT_BYTES = 256_000
# What is still coming costs a look at every byte that is here.
_LOOK_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Offer:
    """A version that may be believed, by relative path: what each file is, and where it lies on this disk."""

    files: Mapping[str, File]
    sources: Mapping[str, Path]

    @property
    def digest(self) -> str:
        """What names it."""
        return Note(dict(self.files)).digest


class Source(Protocol):
    """Where versions come from."""

    def look(self) -> Offer | None:
        """Return the version that is wanted now, once all of it is here."""
        ...


class SignedOffers:
    """What key holders have signed for one device, in `mirror`."""

    def __init__(self, trust: Trust, mirror: Path, device: str, group: str) -> None:
        self._trust = trust
        self._mirror = mirror
        self._needs = Needs(device, group)
        self._offer: Offer | None = None
        self._judged: object = None
        self._again_s = 0.0
        self._said = ""

    def look(self) -> Offer | None:
        """Return the version that is wanted now; the last one for as long as no newer is here as a whole.

        What cannot be believed is logged once.
        """
        present = self._present()
        if present == self._judged or vital_signs.now_s() < self._again_s:
            return self._offer
        self._again_s = vital_signs.now_s() + _LOOK_AGAIN_S
        try:
            self._offer = self._whole(self._trust.refresh(self._mirror, 0)) or self._offer
        except TrustError as error:
            self._say(error)
            # A file that is still coming changes no time of the mirror's: look again.
            self._judged = None if error.reason is Distrust.INCOMPLETE else present
        except ConfigError as error:
            log.error("what is signed is no configuration", reason=str(error))  # noqa: TRY400  (the sentence says all)
            self._judged = present
        else:
            self._judged, self._said = present, ""
        return self._offer

    def _whole(self, believed: Believed) -> Offer | None:
        found = dict(self._needs.of(believed, self._text))
        if not found:
            return None
        return Offer(
            {name: File(trusted.length_bytes, trusted.sha256) for name, trusted in found.items()},
            {name: trusted.check(self._mirror) for name, trusted in found.items()},
        )

    def _text(self, document: Trusted) -> str:
        return read_plain(document.check(self._mirror), _MAX_DOCUMENT_BYTES).decode(errors="replace")

    def _present(self) -> object:
        try:
            seen = (self._mirror / "metadata/timestamp.json").stat()
        except OSError:
            return None
        return seen.st_ino, seen.st_mtime_ns, seen.st_size

    def _say(self, error: TrustError) -> None:
        if str(error) != self._said:
            level = log.info if error.reason is Distrust.INCOMPLETE else log.error
            level("the mirror is not believed yet", reason=str(error))
            self._said = str(error)

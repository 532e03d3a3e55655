"""What is published for a device: the digest of the version that it makes of it. Adapter: files.

The same function names the files of a version here and on the device (`config.needs`), and the same names their digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.distrust import TrustError
from config.fault import ConfigError
from config.needs import Needs, documents
from config.trust import Trusted
from config.versions import File, Note
from config.whole_file import read_plain
from fleet.publication import roles
from fleet.publication.fault import PathRefusedError

if TYPE_CHECKING:
    from fleet.publication.repository import Repository

_MAX_DOCUMENT_BYTES = 256_000


class UnusableError(Exception):
    """What is published for a device no device can take; the message says which file, and why."""


class Published:
    """What is in force in a repository when it is made."""

    def __init__(self, repository: Repository) -> None:
        """Read what every role names.

        Raises:
            PublicationError: the repository cannot be read.
        """
        self._folder = repository.folder
        found = {name: repository.role(name) for name in repository.names() if name != roles.ONLINE}
        self._targets = {name: role.targets for name, role in found.items() if role is not None}
        self._texts: dict[str, str] = {}
        # By the documents' paths: the devices of a group that have none of their own get the same.
        self._digests: dict[tuple[str, ...], str | None] = {}

    def find(self, path: str) -> Trusted | None:
        """Return what is signed under this path, if anything is."""
        try:
            target = self._targets.get(roles.role_of(path), {}).get(path)
        except PathRefusedError:
            return None
        return Trusted(path, target.length, target.hashes["sha256"]) if target else None

    def digest(self, device: str, group: str) -> str | None:
        """Return what a device of this group is to run; None where nothing is published for it.

        Raises:
            UnusableError: a document cannot be read, or names a file that nobody has signed.
        """
        named = tuple(path for path in documents(device, group).values() if self.find(path) is not None)
        if named not in self._digests:
            self._digests[named] = self._digest(device, group)
        return self._digests[named]

    def _digest(self, device: str, group: str) -> str | None:
        try:
            found = dict(Needs(device, group).of(self, self._text))
        except (TrustError, ConfigError) as error:
            raise UnusableError(str(error)) from error
        except OSError as error:
            raise UnusableError(f"{error.filename}: {error.strerror}") from error
        files = {name: File(trusted.length_bytes, trusted.sha256) for name, trusted in found.items()}
        return Note(files).digest if files else None

    def _text(self, document: Trusted) -> str:
        if document.sha256 not in self._texts:
            content = read_plain(document.check(self._folder), _MAX_DOCUMENT_BYTES)
            self._texts[document.sha256] = content.decode(errors="replace")
        return self._texts[document.sha256]

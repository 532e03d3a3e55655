"""What key holders are asked to sign, as a folder that travels to them. Adapter: files.

    roles/<role>.json            what would be signed
    targets/<path>               the files that it names and the repository lacks
    signatures/<key id>.json     one for each key holder who agrees: a signature for each role

Each signs on a machine of his own; whoever gathers the signatures copies these files together. No private key comes to
the hub, and a proposal is worth nothing before enough have signed.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from securesystemslib.signer import Signature
from tuf.api.exceptions import LengthOrHashMismatchError, RepositoryError
from tuf.api.metadata import Metadata, Root, Targets

from config.whole_file import open_plain, read_plain, write_whole
from fleet.publication.fault import ProposalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from securesystemslib.signer import CryptoSigner
    from tuf.api.metadata import TargetFile

# As devices read no longer ones (`config.trust_mirror`).
_MAX_ROLE_BYTES = 500_000


@dataclass
class Proposal:
    """Roles by name, with the signatures given so far, and the files they need, by path."""

    roles: dict[str, Metadata[Any]]
    files: dict[str, Path] = field(default_factory=dict)

    def sign(self, signer: CryptoSigner) -> dict[str, str]:
        """Sign every role; return the signatures, by role."""
        return {role: metadata.sign(signer, append=True).signature for role, metadata in self.roles.items()}

    def lines(self) -> Iterator[str]:
        """Yield what a key holder would sign, for the holder's eyes; each file was compared with what is signed.

        Raises:
            ProposalError: a file is not the one that would be signed.
            OSError: a file cannot be read.
        """
        for role, metadata in self.roles.items():
            signed = metadata.signed
            yield f"{role} version {signed.version}, until {signed.expires:%Y-%m-%d}"
            for path, target in () if role == Root.type else sorted(signed.targets.items()):
                if path in self.files:
                    self._compare(path, target)
                yield f"  {'new  ' if path in self.files else 'as is'} {path}, {target.length} bytes"

    def _compare(self, path: str, target: TargetFile) -> None:
        try:
            with open_plain(self.files[path]) as file:
                target.verify_length_and_hashes(file)
        except LengthOrHashMismatchError as error:
            raise ProposalError(f"{path!r} is not the file that would be signed") from error

    def write(self, folder: Path) -> None:
        """Write it as a folder that is not there yet.

        Raises:
            ProposalError: something is there, or the disk refuses.
        """
        try:
            folder.mkdir(parents=True)
            for name in ("roles", "signatures"):
                (folder / name).mkdir()
            for role, metadata in self.roles.items():
                write_whole(folder / f"roles/{role}.json", metadata.to_bytes())
            for path, source in self.files.items():
                (folder / "targets" / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, folder / "targets" / path)
        except FileExistsError as error:
            raise ProposalError(f"{str(folder)!r} is there already") from error
        except OSError as error:
            raise ProposalError(f"cannot write {str(folder)!r}: {error.strerror}") from error


def read(folder: Path) -> Proposal:
    """Return the proposal in a folder, with all signatures that lie there.

    Raises:
        ProposalError: it cannot be read.
    """
    files = {str(path.relative_to(folder / "targets")): path for path in (folder / "targets").rglob("*.*")}
    proposal = Proposal({}, {name: path for name, path in files.items() if path.is_file()})
    try:
        for path in sorted((folder / "roles").glob("*.json")):
            proposal.roles[path.stem] = _role(path)
        for path in sorted((folder / "signatures").glob("*.json")):
            _add(proposal.roles, path.stem, msgspec.json.decode(_bytes(path), type=dict[str, str]))
    except OSError as error:
        raise ProposalError(f"cannot read {error.filename!r}: {error.strerror}") from error
    except (RepositoryError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProposalError(f"{str(folder)!r} is not as it was written: {error}") from error
    if not proposal.roles:
        raise ProposalError(f"{str(folder)!r} holds no proposal")
    return proposal


def add_signatures(folder: Path, signer: CryptoSigner) -> tuple[str, ...]:
    """Sign the proposal in a folder with one holder's key; return the roles that were signed.

    Raises:
        ProposalError: it cannot be read, or the signature cannot be written.
    """
    signatures = read(folder).sign(signer)
    try:
        write_whole(folder / f"signatures/{signer.public_key.keyid}.json", msgspec.json.encode(signatures))
    except OSError as error:
        raise ProposalError(f"cannot write {str(folder)!r}: {error.strerror}") from error
    return tuple(signatures)


def _add(roles: Mapping[str, Metadata[Any]], keyid: str, signatures: Mapping[str, str]) -> None:
    for role, value in signatures.items():
        if role in roles:
            roles[role].signatures[keyid] = Signature(keyid, value)


def _role(path: Path) -> Metadata[Any]:
    metadata: Metadata[Any] = Metadata.from_bytes(_bytes(path))
    expected = Root if path.stem == Root.type else Targets
    if not isinstance(metadata.signed, expected):
        raise ProposalError(f"{str(path)!r} holds another role than its name says")
    metadata.signatures.clear()
    return metadata


def _bytes(path: Path) -> bytes:
    return read_plain(path, _MAX_ROLE_BYTES)

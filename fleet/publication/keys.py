"""The keys that sign what devices believe, each a file. Adapter: files.

Each key holder has one of the offline keys, under a passphrase that nobody else knows; it never comes to the hub. The
hub has the three online keys, without passphrase, as it signs alone at night.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner, SSlibKey

from config.whole_file import write_new
from fleet.publication.fault import SigningKeyError
from sync.keys import load_signing, load_signing_public

if TYPE_CHECKING:
    from pathlib import Path

ONLINE = ("snapshot", "timestamp", "online")
# A passphrase guards a file that may be copied from a lost laptop: PKCS8's PBKDF2 is slow, not slow enough for a word.
_MIN_PASSPHRASE = 12
# As many roots as a device follows at once (`config.trust_mirror`).
_MAX_CHANGES = 64


@dataclass(frozen=True, slots=True)
class OnlineKeys:
    """What the hub signs with by itself."""

    snapshot: CryptoSigner
    timestamp: CryptoSigner
    online: CryptoSigner


def key_of(public: Ed25519PublicKey) -> SSlibKey:
    """Return a public key as metadata names it.

    Its id is 64 bits of its digest: each group's delegation repeats the ids of all key holders, and every device loads
    every delegation. Ids tell keys apart and prove nothing.
    """
    digest = Hash(SHA256())
    digest.update(public.public_bytes(Encoding.Raw, PublicFormat.Raw))
    return SSlibKey.from_crypto(public, keyid=digest.finalize()[:8].hex())


def signer_of(private: Ed25519PrivateKey) -> CryptoSigner:
    """Return a private key as what signs metadata."""
    return CryptoSigner(private, key_of(private.public_key()))


def make(path: Path, passphrase: str) -> Path:
    """Make a key holder's key; return the file of its public half, beside it.

    Raises:
        SigningKeyError: the passphrase is too short, or the files cannot be written; no key is ever overwritten.
    """
    if len(passphrase) < _MIN_PASSPHRASE:
        raise SigningKeyError(f"the passphrase needs at least {_MIN_PASSPHRASE} characters")
    private = Ed25519PrivateKey.generate()
    public = path.with_suffix(".pub")
    _write(path, private, BestAvailableEncryption(passphrase.encode()))
    try:
        write_new(public, private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    except OSError as error:
        path.unlink()
        raise SigningKeyError(f"cannot write {str(public)!r}: {error.strerror}") from error
    return public


def load(path: Path, passphrase: str) -> CryptoSigner:
    """Return a key holder's key.

    Raises:
        SigningKeyError: there is none that can be read, or not with this passphrase.
    """
    try:
        private = load_pem_private_key(path.read_bytes(), passphrase.encode())
    except OSError as error:
        raise SigningKeyError(f"cannot read the key file {str(path)!r}: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(f"{str(path)!r} holds no key that this passphrase opens") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise SigningKeyError(f"{str(path)!r} holds no Ed25519 key")
    return signer_of(private)


def load_public(path: Path) -> SSlibKey:
    """Return a key holder's public key.

    Raises:
        KeyFileError: there is none that can be read.
    """
    return key_of(load_signing_public(path))


def make_online(folder: Path) -> OnlineKeys:
    """Make three new online keys of the hub, beside those that it has; they count once a root names them.

    Raises:
        SigningKeyError: one cannot be written.
    """
    number = len(_numbers(folder)) + 1
    for name in ONLINE:
        _write(_online_file(folder, name, number), Ed25519PrivateKey.generate(), NoEncryption())
    return _load_online(folder, number)


def load_online(folder: Path) -> list[OnlineKeys]:
    """Return the online keys that the hub has, oldest first; the root says which of them count.

    Raises:
        KeyFileError: one is missing or cannot be read.
    """
    return [_load_online(folder, number) for number in _numbers(folder)]


def _load_online(folder: Path, number: int) -> OnlineKeys:
    return OnlineKeys(*(signer_of(load_signing(_online_file(folder, name, number))) for name in ONLINE))


def _numbers(folder: Path) -> list[int]:
    return [number for number in range(1, _MAX_CHANGES) if _online_file(folder, ONLINE[0], number).exists()]


def _online_file(folder: Path, name: str, number: int) -> Path:
    return folder / (f"{name}.key" if number == 1 else f"{name}-{number}.key")


def _write(path: Path, private: Ed25519PrivateKey, encryption: KeySerializationEncryption) -> None:
    try:
        write_new(path, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption), mode=0o600)
    except OSError as error:
        raise SigningKeyError(f"cannot write {str(path)!r}: {error.strerror}") from error

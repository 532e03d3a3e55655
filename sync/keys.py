"""Key files (PEM): the device's own key and the hub's public keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

if TYPE_CHECKING:
    from pathlib import Path

_Key = TypeVar("_Key")


class KeyFileError(Exception):
    """A key file is missing or holds no key of the kind needed; the message names it."""


def load_signing(path: Path) -> Ed25519PrivateKey:
    """Return the private key with which a device or the hub signs."""
    return _load(path, Ed25519PrivateKey)


def load_signing_public(path: Path) -> Ed25519PublicKey:
    """Return the public key that verifies signatures."""
    return _load(path, Ed25519PublicKey)


def load_opening(path: Path) -> X25519PrivateKey:
    """Return the private key with which the hub opens what devices have sealed."""
    return _load(path, X25519PrivateKey)


def load_opening_public(path: Path) -> X25519PublicKey:
    """Return the public key to which devices seal."""
    return _load(path, X25519PublicKey)


def _load(path: Path, kind: type[_Key]) -> _Key:
    try:
        pem = path.read_bytes()
        key = load_pem_private_key(pem, None) if b"PRIVATE KEY" in pem else load_pem_public_key(pem)
    except OSError as error:
        raise KeyFileError(f"cannot read the key file {str(path)!r}: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyFileError(f"{str(path)!r} holds no key that can be read: {error}") from error
    if not isinstance(key, kind):
        raise KeyFileError(f"{str(path)!r} holds no {kind.__name__}")
    return key

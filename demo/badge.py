"""The agent's badge, and the virtual reader it is put into."""

from __future__ import annotations

import base64
import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

AGENT = "zoe.durand"


def make(key_file: Path) -> str:
    """Make the badge's key, and return the kiosk's settings of the reader and of the badge."""
    key = Ed25519PrivateKey.generate()
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"""\
[reader]
[[badges]]
agent = "{AGENT}"
key = "{base64.b64encode(public).decode()}"
"""


def simulator(key_file: Path) -> list[str]:
    """Return the command of the reader, into which cards are put by name."""
    return [sys.executable, "-m", "drivers.simulated.card", "--agent", AGENT, "--key", str(key_file)]


def can_read_cards() -> bool:
    """Say whether a virtual reader can run here: pcscd wants root for its socket, and listens beyond this machine."""
    return os.geteuid() == 0 and Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so").exists()

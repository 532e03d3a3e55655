"""A PostgreSQL server of Debian's package for a bench: its own folder and port, reached with a password over TCP."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from demo.commands import free_ports

if TYPE_CHECKING:
    from crowd.premises import Premises

_ACCOUNT = "postgres"


class PostgresError(Exception):
    """The server cannot be made; the message says what it answered."""


def start(premises: Premises) -> str:
    """Start a new, empty server among the parts of `premises` and return the hub's `database_url` for it.

    Raises:
        PostgresError: it is not installed, or refuses to make its folder.
        ProcessError: it did not get ready.
    """
    folder = premises.folder / "postgresql"
    folder.mkdir()
    password, (port,) = secrets.token_hex(16), free_ports(1)
    password_file = folder / "password"
    password_file.write_text(password, encoding="ascii")
    if os.geteuid() == 0:
        # Its account must be able to walk to its folder.
        premises.folder.chmod(0o711)
        for path in (folder, password_file):
            shutil.chown(path, _ACCOUNT, _ACCOUNT)
    data = folder / "data"
    account = ("-U", "hub", "-A", "scram-sha-256", f"--pwfile={password_file}")
    made = subprocess.run(
        _as_account(_program("initdb"), "-D", str(data), *account, "-E", "UTF8", "--locale=C"),
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    if made.returncode:
        raise PostgresError(f"initdb refused: {made.stderr.strip()}")
    options = ["-k", "", "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    # What a hub's server is given first (docs/scale-out.md); everything else is Debian's default, fsync included.
    options += ["-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB"]
    command = _as_account(_program("postgres"), "-D", str(data), *options)
    premises.start("postgresql", command, "ready to accept connections")
    return f"postgresql+psycopg://hub:{password}@127.0.0.1:{port}/postgres"


def _as_account(*command: str) -> list[str]:
    """Return `command` as the server's own account runs it: it refuses root."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups", *command]


def _program(name: str) -> str:
    """Return the newest of Debian's, which are kept out of everyone's path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not found:
        raise PostgresError("postgresql is not installed")
    return str(found[-1])

"""A real PostgreSQL server from Debian's package, for tests: on a socket of its own, ended by its process."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

_READY_S = 30


class Server:
    """One server with an empty folder; `new_database` gives a test its own."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-pg-"))
        # The server refuses to run as root.
        self._account = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if self._account:
            shutil.chown(self.folder, "postgres", "postgres")
        data = self.folder / "data"
        self._run("initdb", "-D", str(data), "-U", "hub", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._process = subprocess.Popen(
            [
                _program("postgres"),
                "-D",
                str(data),
                "-k",
                str(self.folder),
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            **self._account,
        )
        self._made = 0
        deadline_s = time.monotonic() + _READY_S
        while not self._answers():
            assert self._process.poll() is None, "PostgreSQL ended at its start"
            assert time.monotonic() < deadline_s, "PostgreSQL does not answer"

    def new_database(self) -> str:
        """Return the address (SQLAlchemy's form) of a new, empty database."""
        self._made += 1
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE hub{self._made}")
        return f"postgresql+psycopg://hub@/hub{self._made}?host={self.folder}"

    def end(self):
        self._process.send_signal(signal.SIGQUIT)  # at once: its data go anyway
        self._process.wait(30)
        shutil.rmtree(self.folder)

    def _connect(self):
        return psycopg.connect(host=str(self.folder), user="hub", dbname="postgres", autocommit=True)

    def _answers(self):
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)  # if it has ended instead, the caller sees
            return False

    def _run(self, program, *arguments):
        subprocess.run(
            [_program(program), *arguments], check=True, capture_output=True, cwd=self.folder, **self._account
        )


def _program(name):
    """Debian keeps the server's programs out of the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else name

"""The system's own pcscd with two virtual readers, for tests and the demo. Adapter (processes, files).

The readers are those of Debian's vsmartcard-vpcd: a card is put in by connecting to a TCP port. **It listens on every
address of the machine**: nothing for a kiosk in the field. pcscd has one socket a machine, so that there is one at a
time; who comes second waits.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Self

_SOCKET_DIR = Path("/run/pcscd")
_LIBRARY = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_PATIENCE_S = 20.0


class Pcscd:
    """The daemon: a context, with a card's port for each of its two readers inside of it."""

    def __init__(self, lock: IO[bytes] | None = None) -> None:
        self.ports = (0, 0)
        self._given = lock
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it, once nobody else has one.

        Raises:
            FileNotFoundError: pcscd or the virtual reader is not installed.
        """
        self._lock = self._given or take_lock()
        self._config = tempfile.TemporaryDirectory(prefix="guichet-pcscd-")
        first = _free_pair()
        self.ports = (first, first + 1)
        (Path(self._config.name) / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:{first:#06x}\n'
            f"LIBPATH {_LIBRARY}\nCHANNELID {first:#06x}\n",
            encoding="ascii",
        )
        try:
            self.start()
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.kill()
        self._let_go()

    def start(self) -> None:
        """Start it again after `kill`.

        Raises:
            FileNotFoundError: pcscd or the virtual reader is not installed.
        """
        program = shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None or not _LIBRARY.exists():
            raise FileNotFoundError("pcscd or vsmartcard-vpcd is not installed")
        _SOCKET_DIR.mkdir(exist_ok=True)
        for left in ("pcscd.comm", "pcscd.pid"):
            (_SOCKET_DIR / left).unlink(missing_ok=True)
        self._process = subprocess.Popen(
            # It ends with us, whatever ends us: an orphan would be taken for the next one's.
            ["/usr/bin/setpriv", "--pdeathsig", "KILL", program, "--foreground", "--config", self._config.name],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline_s = time.monotonic() + _PATIENCE_S
        while not (_SOCKET_DIR / "pcscd.comm").exists() or not _listens(self.ports[1]):
            if time.monotonic() > deadline_s or self._process.poll() is not None:
                raise FileNotFoundError("pcscd did not get ready")
            select.select([], [], [], 0.02)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        (_SOCKET_DIR / "pcscd.comm").unlink(missing_ok=True)

    def _let_go(self) -> None:
        self._config.cleanup()
        if self._lock is not None and self._given is None:
            self._lock.close()


def take_lock() -> IO[bytes]:
    """Wait until nobody else has a daemon; whoever holds the file open has the machine's one socket to himself."""
    lock = (Path(tempfile.gettempdir()) / "guichet-pcscd.lock").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _listens(port: int) -> bool:
    listening = f":{port:04X} 00000000:0000 0A"
    return any(
        listening in line for name in ("tcp", "tcp6") for line in _table(name).replace("0" * 24, "").splitlines()
    )


def _table(name: str) -> str:
    try:
        return Path(f"/proc/net/{name}").read_text(encoding="ascii")
    except OSError:
        return ""


def _free_pair() -> int:
    """Return the first of two neighbouring ports that nobody uses now."""
    while True:
        with socket.create_server(("", 0)) as first:
            port: int = first.getsockname()[1]
            try:
                with socket.create_server(("", port + 1)):
                    return port
            except (OSError, OverflowError):
                continue

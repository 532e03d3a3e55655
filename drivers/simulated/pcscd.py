"""The system's own pcscd with virtual readers, for tests and the demo. Adapter (processes, files).

The readers are those of Debian's vsmartcard-vpcd: a card is put in by connecting to a TCP port. **It listens on every
address of the machine**: nothing for a kiosk in the field. pcscd has one socket a machine, so that there is one at a
time; who comes second waits. They come and go with the daemon, but for those of `drivers.simulated.usb_readers`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from drivers.simulated import vpcd

if TYPE_CHECKING:
    from drivers.simulated.usb_readers import UsbReaders

_SOCKET_DIR = Path("/run/pcscd")


class Pcscd:
    """The daemon: a context, with a card's port for each of its readers inside of it.

    It has as many `readers` as are asked for, an even number up to 16, or those that `usb` plugs in and out.
    """

    def __init__(self, readers: int = 2, usb: UsbReaders | None = None, lock: IO[bytes] | None = None) -> None:
        self.ports: tuple[int, ...] = ()
        self._pairs = 0 if usb is not None else readers // vpcd.SLOTS
        self._usb = usb
        self._given = lock
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it, once nobody else has one.

        Raises:
            FileNotFoundError: pcscd or the virtual reader is not installed.
        """
        self._lock = self._given or take_lock()
        self._folder = tempfile.TemporaryDirectory(prefix="guichet-pcscd-")
        try:
            pairs = vpcd.free_ports(self._pairs)
            for mark, ports in enumerate(pairs, 1):
                self._configure(str(mark), ports[0])
            self.ports = tuple(port for ports in pairs for port in ports)
            self.start()
        except BaseException:
            self.__exit__()
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
        if program is None:
            raise FileNotFoundError("pcscd is not installed")
        _SOCKET_DIR.mkdir(exist_ok=True)
        for left in ("pcscd.comm", "pcscd.pid"):
            (_SOCKET_DIR / left).unlink(missing_ok=True)
        command = [program, "--foreground", "--config", self._folder.name]
        process = self._process = subprocess.Popen(
            # It ends with us, whatever ends us: an orphan would be taken for the next one's.
            ["/usr/bin/setpriv", "--pdeathsig", "KILL", *(self._usb.seen_by(command) if self._usb else command)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        vpcd.wait_until(
            lambda: (_SOCKET_DIR / "pcscd.comm").exists() and all(map(vpcd.listens, self.ports)),
            or_else=lambda: process.poll() is not None,
        )

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        (_SOCKET_DIR / "pcscd.comm").unlink(missing_ok=True)

    def _configure(self, mark: str, port: int) -> None:
        """Add two readers, which are a library of their own: it keeps what it knows of them in static variables."""
        library = vpcd.copy(Path(self._folder.name) / f".{mark}.so", mark)
        (Path(self._folder.name) / mark).write_text(
            f'FRIENDLYNAME "Virtual PCD {mark}"\nDEVICENAME /dev/null:{port:#06x}\n'
            f"LIBPATH {library}\nCHANNELID {port:#06x}\n",
            encoding="ascii",
        )

    def _let_go(self) -> None:
        self._folder.cleanup()
        if self._lock is not None and self._given is None:
            self._lock.close()


def take_lock() -> IO[bytes]:
    """Wait until nobody else has a daemon; whoever holds the file open has the machine's one socket to himself."""
    lock = (Path(tempfile.gettempdir()) / "guichet-pcscd.lock").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock

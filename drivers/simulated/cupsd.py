"""A CUPS scheduler of our own with one raw queue, for tests. Adapter (processes, files)."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

_PATIENCE_S = 20.0


class Cupsd:
    """The scheduler: a context; inside of it the variable CUPS_SERVER leads to it. `queue` sends to a TCP port.

    One that is not `purged` lets nobody purge, as Debian's for those who are not in the group lpadmin.
    """

    def __init__(self, printer_port: int, queue: str = "ticket", *, purged: bool = True) -> None:
        self.queue = queue
        self._purged = purged
        self._port = printer_port
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it.

        Raises:
            FileNotFoundError: CUPS is not installed.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="guichet-cupsd-"))
        self._folder.chmod(0o755)
        for name in ("etc", "spool", "cache", "log", "state"):
            (self._folder / name).mkdir()
            (self._folder / name).chmod(0o777)
        self.spool = self._folder / "spool"
        (self._folder / "etc/cups-files.conf").write_text(self._files(), encoding="ascii")
        (self._folder / "etc/cupsd.conf").write_text(self._settings(), encoding="ascii")
        self._before = os.environ.get("CUPS_SERVER")
        os.environ["CUPS_SERVER"] = str(self._folder / "cups.sock")
        self.start()
        self.add(self.queue)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.kill()
        if self._before is None:
            os.environ.pop("CUPS_SERVER", None)
        else:
            os.environ["CUPS_SERVER"] = self._before
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start it again after `kill`.

        Raises:
            FileNotFoundError: CUPS is not installed.
        """
        program = shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise FileNotFoundError("cupsd is not installed")
        socket = self._folder / "cups.sock"
        socket.unlink(missing_ok=True)
        etc = self._folder / "etc"
        # It ends with us, whatever ends us.
        command = [
            "/usr/bin/setpriv",
            "--pdeathsig",
            "KILL",
            program,
            "-f",
            "-c",
            str(etc / "cupsd.conf"),
            "-s",
            str(etc / "cups-files.conf"),
        ]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        deadline_s = time.monotonic() + _PATIENCE_S
        while not socket.exists():
            if time.monotonic() > deadline_s or self._process.poll() is not None:
                raise FileNotFoundError("cupsd did not get ready")
            select.select([], [], [], 0.02)

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Have it take calls and never answer, until `kill`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def add(self, queue: str) -> None:
        """Make a raw queue to the printer."""
        uri = f"socket://127.0.0.1:{self._port}/?waiteof=false"
        self._say("lpadmin", "-p", queue, "-E", "-v", uri, "-m", "raw")

    def disable(self) -> None:
        """Stop the queue, as CUPS does by itself when a printer refuses too often."""
        self._say("cupsdisable", self.queue)

    def enable(self) -> None:
        """Let the queue go on."""
        self._say("cupsenable", self.queue)

    def _say(self, *command: str) -> None:
        path = f"{os.environ.get('PATH', '')}:/usr/sbin"
        subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, timeout=20, check=True)

    def _files(self) -> str:
        folder = self._folder
        return (
            f"ServerRoot {folder}/etc\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\nStateDir {folder}/state\n"
            f"TempDir {folder}/spool\nAccessLog {folder}/log/access\nErrorLog {folder}/log/error\n"
            f"PageLog {folder}/log/page\nSystemGroup root\n"
        )

    def _settings(self) -> str:
        return (
            # Jobs are preserved for a day, as CUPS does unless told otherwise.
            f"LogLevel warn\nListen {self._folder}/cups.sock\nPreserveJobFiles 86400\nPreserveJobHistory Yes\n"
            "DirtyCleanInterval 0\nWebInterface No\nBrowsing No\n"
            "<Location />\n  Order allow,deny\n  Allow all\n</Location>\n"
            "<Policy default>\n"
            + ("" if self._purged else "  <Limit Purge-Jobs>\n    Require user somebody-else\n  </Limit>\n")
            + "  <Limit All>\n    Order deny,allow\n  </Limit>\n</Policy>\n"
        )

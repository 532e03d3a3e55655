"""A program that may hang, crash or be killed, with all that it started. Adapter (a child process).

It is the leader of a session of its own; it ends with the thread that started it, also when that is killed; it leaves
no core file, which would hold what a citizen showed; and what it writes anywhere is short enough for the memory.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Self

from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# A page of A4 in colour at 600 dpi is 104 MB.
_LONGEST_FILE_BYTES = 256 * 1024 * 1024
_LEASH = ("setpriv", "--pdeathsig", "KILL", "--", "prlimit", "--core=0", f"--fsize={_LONGEST_FILE_BYTES}", "--")
_READ_BYTES = 65_536


class Child:
    """The process: a context, at whose end all of it is gone. What it calls temporary goes to `folder`."""

    def __init__(self, command: Sequence[str], folder: Path, said: IO[bytes] | None = None) -> None:
        """Start it; `said` is its standard input.

        Raises:
            DeviceError: there is no such program, or it cannot run.
        """
        if shutil.which(command[0]) is None:
            raise DeviceError(Fault.SERVICE_DOWN, f"{command[0]} is not installed")
        environment = {**os.environ, "TMPDIR": str(folder), "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
        try:
            self._process = subprocess.Popen(
                [*_LEASH, *command],
                stdin=said or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise DeviceError(Fault.SERVICE_DOWN, f"{command[0]} cannot run: {error.strerror}") from error
        self._out, self._err = self._process.stdout, self._process.stderr
        self._open = [pipe for pipe in (self._out, self._err) if pipe is not None]
        for pipe in self._open:
            os.set_blocking(pipe.fileno(), False)
        # It is not reaped before its group is killed: its number is nobody else's until then.
        self._pid_fd = os.pidfd_open(self._process.pid)
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._pid_fd)
        for pipe in (self._out, self._err):
            if pipe is not None:
                pipe.close()

    def read(self, wait_s: float) -> tuple[bytes, bytes]:
        """Return what it wrote to standard output and error, waiting at most `wait_s` for anything.

        `ended` says that it ended, and that all it wrote was returned.
        """
        running = self._running
        watched: list[IO[bytes] | int] = [*self._open, *([self._pid_fd] if running else [])]
        ready, _, _ = select.select(watched, [], [], wait_s if running else 0)
        read = {pipe: pipe.read(_READ_BYTES) or b"" for pipe in self._open if pipe in ready}
        self._open = [pipe for pipe in self._open if read.get(pipe, b"more")]
        self.ended = not running and not any(read.values())
        return (read.get(self._out, b"") if self._out else b"", read.get(self._err, b"") if self._err else b"")

    @property
    def exit_code(self) -> int:
        """How it ended; negative by a signal, and 0 while it runs."""
        result = os.waitid(os.P_PIDFD, self._pid_fd, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if result is None:
            return 0
        return result.si_status if result.si_code == os.CLD_EXITED else -result.si_status

    @property
    def _running(self) -> bool:
        return not select.select([self._pid_fd], [], [], 0)[0]

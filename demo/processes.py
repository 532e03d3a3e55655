"""Child processes which end when we end, whatever ends us."""

from __future__ import annotations

import contextlib
import ctypes
import signal
import subprocess
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LineListener = Callable[[str], object]

_PR_SET_PDEATHSIG = 1  # prctl(2)
_GRACE_S = 10
_libc = ctypes.CDLL(None)


class ProcessError(Exception):
    """A part of the world ended, or did not get ready; the message says which, and its last words."""


class Part:
    """One running program of the world; what it says goes to a log file, and line by line to `on_line`."""

    def __init__(
        self, name: str, command: list[str], log_file: Path, ready_when: str = "", on_line: LineListener = str
    ) -> None:
        """Start `command`. The words `ready_when`, once printed, mean that it is ready.

        The child has a session of its own, so that Ctrl-C at the terminal reaches us alone and we end the parts in
        order; should we be killed, the kernel ends it.
        """
        self.name = name
        self._log_file = log_file
        self._ready_when = ready_when
        self._on_line = on_line
        self._ready = threading.Event()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  (one C call, before the child has threads)
        )
        self._follower = threading.Thread(target=self._follow, name=f"log-{name}", daemon=True)
        self._follower.start()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id, to stop it or to look at it."""
        return self._process.pid

    def wait_ready(self, deadline_s: float = 20) -> None:
        """Wait until it has said that it is ready.

        Raises:
            ProcessError: it ended first, or was too slow.
        """
        if not self._ready.wait(deadline_s) or not self.running:
            raise ProcessError(f"{self.name} did not get ready: {self.last_words()}")

    def wait(self, deadline_s: float | None = None) -> int:
        """Wait until it ends by itself, and return its exit code.

        Raises:
            ProcessError: it was still running after `deadline_s`.
        """
        try:
            code = self._process.wait(deadline_s)
        except subprocess.TimeoutExpired as error:
            raise ProcessError(f"{self.name} did not end: {self.last_words()}") from error
        self._follower.join()
        return code

    def tell(self, line: str) -> None:
        """Write one line to its standard input."""
        assert self._process.stdin is not None  # noqa: S101  (we asked for a pipe)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def last_words(self) -> str:
        """Return the end of its log."""
        text = self._log_file.read_text(encoding="utf-8", errors="replace") if self._log_file.exists() else ""
        return " | ".join(text.splitlines()[-3:]) or "it said nothing"

    def kill(self) -> None:
        """Kill it at once, as a cut of power would; also from within its own `on_line`."""
        self._process.kill()
        self._process.wait()
        if threading.current_thread() is not self._follower:
            self._follower.join()

    def end(self) -> None:
        """Ask it to end, and kill it if it does not."""
        if self.running:
            self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._process.wait()
        self._follower.join()

    def _follow(self) -> None:
        said, told = self._process.stdout, self._process.stdin
        assert said is not None  # noqa: S101  (we asked for pipes)
        assert told is not None  # noqa: S101
        with said, self._log_file.open("a", encoding="utf-8") as log:
            for line in said:
                log.write(line)
                log.flush()
                if self._ready_when and self._ready_when in line:
                    self._ready.set()
                self._on_line(line.rstrip("\n"))
        self._ready.set()  # nobody need wait for one that has ended
        with contextlib.suppress(BrokenPipeError):
            told.close()


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

"""A document scanner behind saned: the real daemon in front of SANE's test backend, reached by the net backend.

The net backend knows one port alone (6566), so each daemon has a loopback address of its own.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from drivers.simulated.document_scanner import SETTINGS

_PORT = 6566


class SanedRig:
    """saned, to be started and killed: a context, at whose end it is gone."""

    def __init__(self, folder):
        self.address = ".".join(["127", *(str(1 + secrets.randbelow(250)) for _ in range(3))])
        self.device = f"net:{self.address}:test:0"
        self._process = None
        self._theirs, ours = folder / "saned.d", folder / "net.d"
        for path, files in (
            (self._theirs, {"dll": "test\n", "saned": "127.0.0.0/8\n", "test": f"number_of_devices 1\n{SETTINGS}"}),
            (ours, {"dll": "net\n", "net": f"connect_timeout = 1\n{self.address}\n"}),
        ):
            path.mkdir()
            for name, text in files.items():
                (path / f"{name}.conf").write_text(text)
        os.environ["SANE_CONFIG_DIR"] = str(ours)

    @property
    def pid(self):
        return self._process.pid

    def start(self):
        command = ["saned", "--listen", f"--bind={self.address}"]
        self._process = subprocess.Popen(
            command,
            env={**os.environ, "SANE_CONFIG_DIR": str(self._theirs), "PATH": f"{os.environ['PATH']}:/usr/sbin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        listening = f"{int.from_bytes(socket.inet_aton(self.address), 'little'):08X}:{_PORT:04X} 00000000:0000 0A"
        for _ in range(200):
            if listening in Path("/proc/net/tcp").read_text():
                return
            threading.Event().wait(0.02)
        raise AssertionError("saned does not listen")

    def kill(self):
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

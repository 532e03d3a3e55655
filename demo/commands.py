"""What a world is made by: our commands, the broker's program, and ports that are free."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from demo.processes import ProcessError

# Where our commands are.
BIN = Path(sys.executable).parent
_ROOT = Path(__file__).parent.parent


def command(*argv: str) -> str:
    """Run one of our commands to its end and return what it printed.

    Raises:
        ProcessError: it refused; the message is its own sentence.
    """
    ran = subprocess.run([str(BIN / argv[0]), *argv[1:]], capture_output=True, text=True, check=False, cwd=_ROOT)
    if ran.returncode:
        raise ProcessError(ran.stderr.strip() or f"{argv[0]} ended with code {ran.returncode}")
    return ran.stdout


def mosquitto() -> str:
    """Return the path of the broker, which Debian keeps out of a plain user's PATH.

    Raises:
        ProcessError: it is not installed.
    """
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise ProcessError("mosquitto is not installed")
    return found


def free_ports(count: int) -> tuple[int, ...]:
    """Return `count` TCP ports of the loopback address that nobody uses now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = tuple(held.getsockname()[1] for held in sockets)
    for held in sockets:
        held.close()
    return ports

"""The virtual card reader of Debian's vsmartcard-vpcd, as pcscd loads it. Adapter (files, sockets).

Each copy of the library is one reader with two slots; a slot listens on a TCP port, the second on the next one.
"""

from __future__ import annotations

import select
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SLOTS = 2
_LIBRARY = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_NAME = b"libifdvpcd.so.0\0"
_PATIENCE_S = 20.0


def copy(path: Path, mark: str) -> Path:
    """Make a copy at `path` which the loader takes for another library; `mark` is one character.

    Raises:
        FileNotFoundError: the virtual reader is not installed.
    """
    # What is linked to it, finds it by the name inside: two of one name would be one.
    path.write_bytes(_LIBRARY.read_bytes().replace(_NAME, _NAME[:-2] + mark.encode("ascii") + b"\0"))
    return path


def free_ports(count: int) -> list[tuple[int, int]]:
    """Return the ports of so many readers, each two neighbours, that nobody uses now."""
    found: list[tuple[int, int]] = []
    with ExitStack() as held:
        while len(found) < count:
            port: int = held.enter_context(socket.create_server(("", 0))).getsockname()[1]
            with suppress(OSError, OverflowError):
                held.enter_context(socket.create_server(("", port + 1)))
                found.append((port, port + 1))
    return found


def listens(port: int) -> bool:
    """Say whether there is a reader at a port, without putting a card into it."""
    listening = f":{port:04X} 00000000:0000 0A"
    return any(
        listening in line for name in ("tcp", "tcp6") for line in _table(name).replace("0" * 24, "").splitlines()
    )


def wait_until(so: Callable[[], bool], or_else: Callable[[], bool] = lambda: False) -> None:
    """Wait for pcscd.

    Raises:
        FileNotFoundError: it did not get ready, or has ended.
    """
    deadline_s = time.monotonic() + _PATIENCE_S
    while not so():
        if time.monotonic() > deadline_s or or_else():
            raise FileNotFoundError("pcscd did not get ready")
        select.select([], [], [], 0.02)


def _table(name: str) -> str:
    try:
        return Path(f"/proc/net/{name}").read_text(encoding="ascii")
    except OSError:
        return ""

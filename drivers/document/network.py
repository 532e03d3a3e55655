"""Whether anybody is still there where a scanner on the network is. Adapter (sockets, getent as a child process).

One connection is held, and nothing is said on it:

    let go ── connected ──► held ── hung up, or silent ──► connected anew ──► held
                                                              └── refused, or no answer ──► gone

A saned that is killed while its children live is seen when it is asked next: they are who holds the connection.

saned forks a child for it, which waits for its first word, and logs one line; to connect every second instead would be
three lines and a process each time. That the other machine runs is asked by the kernels alone, with one small packet a
second (TCP keepalive). The connection is let go before anything is asked or scanned.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import select
import socket
import struct
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from drivers.document.child import Child
from drivers.document.listed import at_of
from drivers.interface import DeviceError, Fault

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

# SANE's net backend asks for this name (net.c, sane_init); no service may be listed by it.
_SERVICE, _PORT = "sane-port", 6566
# What is silent is named within two seconds: a second between the kernels' packets, a look, and a last attempt. That
# counts to the way there and back, and asks a second time, beside the first, where a packet may be lost.
_SILENT_MS = 1200
_ANSWER_S = 0.45
_ASK_AGAIN_S = _ANSWER_S / 2
_MOST_ADDRESSES = 3
# Whoever hangs up, or answers no kernel's packet, so soon twice keeps no idle connection: it is there, and tried again
# much later.
_HUNG_UP_S = 2.0
_AGAIN_S = 15.0
# A child of saned has ended soon after it was hung up on; some let one in at a time (MaxConnections=1).
_FAREWELL_S = 0.3
# What looks up a name may hang for as long as it likes.
_LOOK_UP_S = 1.0
_BEAT_S = 0.2
_READ_BYTES = 4096
# Linux, struct tcp_info: eight bytes, then numbers of four; tcpi_last_ack_recv (ms) is the thirteenth, and three on
# tcpi_rtt (µs).
_TOLD_AT, _TOLD = 8 + 4 * 12, "=I8xI"


class IdleConnection:
    """A connection that is held to see whether the other side is there: a context. Without addresses it sees nothing.

    `refused` is the fault of a machine that is there and lets nobody in.
    """

    def __init__(self, addresses: tuple[str, ...], port: int, refused: Fault) -> None:
        self._addresses = addresses
        self._port = port
        self._refused = refused
        self._held: socket.socket | None = None
        self._since_s = self._again_s = 0.0
        self._hung_up = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def gone(self, stop: threading.Event) -> Fault | None:
        """Return why nobody is there any more; None where somebody is, or where that cannot be seen.

        It waits for half a second at most; before the first connection, for that an address.
        """
        if self._held is not None:
            if _is_held(self._held):
                return None
            self._close()
            now_s = time.monotonic()
            self._hung_up = self._hung_up + 1 if now_s - self._since_s < _HUNG_UP_S else 0
            if self._hung_up > 1:  # the first may have been its end, which is seen at once
                self._hung_up, self._again_s = 0, now_s + _AGAIN_S
        return self._connect(stop) if time.monotonic() >= self._again_s else None

    def let_go(self) -> None:
        """Hang up, and wait until the other side has, too."""
        if self._held is not None:
            if time.monotonic() - self._since_s >= _HUNG_UP_S:
                self._hung_up = 0  # this one was held well
            with suppress(OSError):
                self._held.shutdown(socket.SHUT_WR)
                _first_ready([self._held], _FAREWELL_S, select.POLLIN)
            self._close()

    def _connect(self, stop: threading.Event) -> Fault | None:
        fault: Fault | None = None
        for address in self._addresses:  # one alone, once somebody answered there
            if stop.is_set():
                return None
            try:
                self._held = _connected(address, self._port)
            except ConnectionRefusedError:
                fault = self._refused
            except OSError:
                fault = fault or Fault.UNPLUGGED
            else:
                self._addresses, self._since_s = (address,), time.monotonic()
                self._held.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                self._held.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
                self._held.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
                return None
        return fault

    def _close(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def connection(device: str, stop: threading.Event, late: Callable[[], None]) -> IdleConnection:
    """Return the connection for a scanner by SANE's name; `late` says that its host's name is not found out in time."""
    at = at_of(device)
    if at is None:
        return IdleConnection((), _PORT, Fault.UNPLUGGED)
    refused = Fault.SERVICE_DOWN if at.through_daemon else Fault.UNPLUGGED
    return IdleConnection(_addresses(at.host, stop, late), at.port or _saned_port(), refused)


def _connected(address: str, port: int) -> socket.socket:
    """Return a connection, which does not block.

    Raises:
        OSError: nobody lets us in there, or nobody answers in time.
    """
    family, _, _, _, at = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)[0]
    asked: list[socket.socket] = []
    try:
        for wait_s in (_ASK_AGAIN_S, _ANSWER_S - _ASK_AGAIN_S):
            asked.append(socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
            if (number := asked[-1].connect_ex(at)) not in {0, errno.EINPROGRESS}:
                raise OSError(number, os.strerror(number))
            if answered := _first_ready(asked, wait_s, select.POLLOUT):
                if number := answered.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    raise OSError(number, os.strerror(number))
                asked.remove(answered)
                return answered
        raise TimeoutError
    finally:
        for each in asked:
            each.close()


def _first_ready(connections: list[socket.socket], wait_s: float, what: int) -> socket.socket | None:
    """Return the first on which `what` happens, or that fails; None where nothing does in time."""
    poll, by_number = select.poll(), {each.fileno(): each for each in connections}
    for number in by_number:
        poll.register(number, what)
    happened = poll.poll(wait_s * 1000)
    return by_number[happened[0][0]] if happened else None


def _is_held(connection: socket.socket) -> bool:
    try:
        # What it says is nothing to us: a web server tells whoever says nothing that it hangs up.
        if not connection.recv(_READ_BYTES):
            return False
    except BlockingIOError:
        pass
    except OSError:
        return False
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TOLD_AT + struct.calcsize(_TOLD))
    silent_ms, there_and_back_us = struct.unpack_from(_TOLD, told, _TOLD_AT)
    return bool(silent_ms < _SILENT_MS + there_and_back_us / 1000)


def _addresses(host: str, stop: threading.Event, late: Callable[[], None]) -> tuple[str, ...]:
    """Return the addresses of a host; none where they cannot be found out in time: it is seen when it is asked next."""
    with suppress(ValueError):
        return (str(ipaddress.ip_address(host)),)
    until_s, found = time.monotonic() + _LOOK_UP_S, b""
    try:
        with Child(["getent", "ahosts", host], Path(tempfile.gettempdir())) as child:
            while not child.ended:
                if stop.is_set():
                    return ()
                if time.monotonic() > until_s:
                    late()
                    return ()
                found += child.read(_BEAT_S)[0]
    except DeviceError:
        return ()  # scanimage finds out by itself, or says why not
    lines = found.decode("ascii", errors="replace").splitlines()
    # Each address comes thrice, once for each kind of socket.
    return tuple(dict.fromkeys(line.split()[0] for line in lines if line.split()))[:_MOST_ADDRESSES]


def _saned_port() -> int:
    try:
        return socket.getservbyname(_SERVICE, "tcp")
    except OSError:
        return _PORT

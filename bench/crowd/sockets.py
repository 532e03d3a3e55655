"""Thousands of mutual-TLS connections in one thread: non-blocking sockets under epoll."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import socket
import ssl
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crowd.codec import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crowd.device import SimulatedDevice

# Connections being made at a time: mosquitto's listen queue holds 100, and the kernel drops what comes beyond.
_AT_ONCE = 64
_LOOK_S = 0.25
_RECONNECT_S = 0.5
_READ_BYTES = 65_536
_READ = select.EPOLLIN
_WRITE = select.EPOLLOUT


@dataclass(frozen=True, slots=True)
class Door:
    """A broker: the name in its certificate, and where it listens."""

    host: str
    port: int
    address: str = "127.0.0.1"


@dataclass(slots=True)
class _Connection:
    device: SimulatedDevice
    tls: ssl.SSLContext
    doors: tuple[Door, ...]
    attempts: int = 0
    host: str = ""
    socket: socket.socket | ssl.SSLSocket | None = None
    secured: bool = False
    waiting: bytearray = field(default_factory=bytearray)
    again_s: float = 0.0


@dataclass(slots=True)
class Course:
    """What happened when, in seconds from the first connect."""

    connected_s: list[float] = field(default_factory=list)
    stored_s: list[float] = field(default_factory=list)
    progress_s: list[float] = field(default_factory=list)
    lost_connections: dict[str, int] = field(default_factory=dict)


class Crowd:
    """Connects every device, carries what they say, and connects again whoever is cut off."""

    def __init__(self, members: Sequence[tuple[SimulatedDevice, ssl.SSLContext]], doors: tuple[Door, ...]) -> None:
        """Allot the devices to the doors in turn; a device whose connection ends tries the next door."""
        need = len(members) + 256
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < need:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(need, hard), hard))
        self._epoll = select.epoll()
        self._connections = [
            _Connection(device, tls, doors[n % len(doors) :] + doors[: n % len(doors)])
            for n, (device, tls) in enumerate(members)
        ]
        self._by_fd: dict[int, _Connection] = {}
        self._to_open = deque(self._connections)
        self._opening: set[int] = set()
        self._done: set[str] = set()
        self._met: set[str] = set()
        self.course = Course()

    def run(self, deadline_s: float, on_look: Callable[[float], object] = float) -> bool:
        """Carry until every device is done, or `deadline_s` has passed; return whether all are done.

        `on_look` is told the time every quarter of a second: faults are made there.
        """
        start_s = look_s = time.monotonic()
        while len(self._done) < len(self._connections):
            now_s = time.monotonic()
            if now_s - start_s > deadline_s:
                return False
            self._open(now_s)
            for fd, events in self._epoll.poll(_LOOK_S):
                self._serve(fd, events, start_s)
            if now_s - look_s >= _LOOK_S:
                look_s = now_s
                self._tick(now_s)
                on_look(now_s - start_s)
        return True

    def close(self) -> None:
        """End every connection."""
        for connection in self._connections:
            if connection.socket is not None:
                connection.socket.close()
        self._epoll.close()

    def _open(self, now_s: float) -> None:
        postponed = []
        while self._to_open and len(self._opening) < _AT_ONCE:
            connection = self._to_open.popleft()
            if connection.again_s > now_s:
                postponed.append(connection)
                continue
            door = connection.doors[connection.attempts % len(connection.doors)]
            connection.attempts += 1
            plain = socket.socket()
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                plain.connect((door.address, door.port))
            connection.socket, connection.host = plain, door.host
            connection.secured = False
            connection.waiting.clear()
            fd = plain.fileno()
            self._by_fd[fd] = connection
            self._opening.add(fd)
            self._epoll.register(fd, _READ | _WRITE)
        self._to_open.extendleft(reversed(postponed))

    def _serve(self, fd: int, events: int, start_s: float) -> None:
        connection = self._by_fd.get(fd)
        if connection is None:
            return
        now_s = time.monotonic()
        through = connection.device.through
        try:
            if not connection.secured and not self._handshake(connection, now_s):
                return
            if events & ~_WRITE:
                self._read(connection, now_s)
            self._write(connection)
        except (OSError, ProtocolError) as error:
            self._lost(fd, connection, error, now_s)
            return
        device = connection.device
        if device.through > through:
            self.course.progress_s.append(now_s - start_s)
        name = device.day.device
        if device.connected and fd in self._opening:
            self._opening.discard(fd)
            if name not in self._met:
                self._met.add(name)
                self.course.connected_s.append(now_s - start_s)
        if device.done and name not in self._done:
            self._done.add(name)
            self.course.stored_s.append(now_s - start_s)

    def _handshake(self, connection: _Connection, now_s: float) -> bool:
        """Go on with the handshake; return whether it is done."""
        plain = connection.socket
        assert plain is not None  # noqa: S101  (it is registered)
        fd = plain.fileno()
        if not isinstance(plain, ssl.SSLSocket):
            if refused := plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(refused, os.strerror(refused))
            secured = connection.tls.wrap_socket(plain, server_hostname=connection.host, do_handshake_on_connect=False)
            connection.socket = plain = secured  # the same number: epoll goes on watching it
        try:
            plain.do_handshake()
        except ssl.SSLWantReadError:
            self._epoll.modify(fd, _READ)
            return False
        except ssl.SSLWantWriteError:
            self._epoll.modify(fd, _READ | _WRITE)
            return False
        connection.secured = True
        connection.waiting += connection.device.opened(now_s)
        return True

    def _read(self, connection: _Connection, now_s: float) -> None:
        assert connection.socket is not None  # noqa: S101
        while True:
            try:
                data = connection.socket.recv(_READ_BYTES)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            if not data:
                raise ConnectionResetError("the broker closed the connection")
            connection.waiting += connection.device.receive(data, now_s)

    def _write(self, connection: _Connection) -> None:
        assert connection.socket is not None  # noqa: S101
        try:
            while connection.waiting:
                sent = connection.socket.send(connection.waiting)
                del connection.waiting[:sent]
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        self._epoll.modify(connection.socket.fileno(), _READ | (_WRITE if connection.waiting else 0))

    def _tick(self, now_s: float) -> None:
        for fd, connection in list(self._by_fd.items()):
            try:
                due = connection.device.ticked(now_s)
                if due:
                    connection.waiting += due
                    self._write(connection)
            except (OSError, ProtocolError) as error:
                self._lost(fd, connection, error, now_s)

    def _lost(self, fd: int, connection: _Connection, error: Exception, now_s: float) -> None:
        reason = str(error)
        self.course.lost_connections[reason] = self.course.lost_connections.get(reason, 0) + 1
        self._epoll.unregister(fd)
        del self._by_fd[fd]
        self._opening.discard(fd)
        assert connection.socket is not None  # noqa: S101
        connection.socket.close()
        connection.socket = None
        connection.device.closed()
        connection.again_s = now_s + _RECONNECT_S
        self._to_open.append(connection)

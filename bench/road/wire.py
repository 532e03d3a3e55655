"""A TCP proxy which counts what passes: payload bytes of both directions, and when the first one came."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Self

_CHUNK_BYTES = 65_536


@dataclass(slots=True)
class Counted:
    """What has passed so far. Each number has one writing thread a connection; reading is safe at any time."""

    up_bytes: int = 0
    down_bytes: int = 0
    first_byte_s: float | None = None
    last_byte_s: float = 0.0

    @property
    def total_bytes(self) -> int:
        """Both directions."""
        return self.up_bytes + self.down_bytes


@dataclass(slots=True)
class CountingProxy:
    """Listens at `near` while it is open, and passes everything on to `far`."""

    near: tuple[str, int]
    far: tuple[str, int]
    counted: Counted = field(default_factory=Counted)
    _listener: socket.socket | None = None
    _sockets: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Begin to listen: until now whoever called found nobody."""
        self._listener = socket.create_server(self.near)
        threading.Thread(target=self._accept, args=(self._listener,), name="wire", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        if self._listener is not None:
            _shut(self._listener)
        for held in self._sockets:
            _shut(held)

    def wait_quiet(self, quiet_s: float, deadline_s: float) -> None:
        """Return once nothing has passed for `quiet_s`, or at the deadline."""
        end_s = time.monotonic() + deadline_s
        while (now_s := time.monotonic()) < end_s and now_s - self.counted.last_byte_s < quiet_s:
            time.sleep(quiet_s / 10)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                try:
                    far = socket.create_connection(self.far)
                except OSError:
                    near.close()
                    continue
                for held in (near, far):
                    held.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._sockets.append(held)
                threading.Thread(target=self._pump_up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._pump_down, args=(far, near), daemon=True).start()

    def _pump_up(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK_BYTES):
                self.counted.last_byte_s = time.monotonic()
                if self.counted.first_byte_s is None:
                    self.counted.first_byte_s = self.counted.last_byte_s
                self.counted.up_bytes += len(data)
                sink.sendall(data)
        _shut(source)
        _shut(sink)

    def _pump_down(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK_BYTES):
                self.counted.last_byte_s = time.monotonic()
                self.counted.down_bytes += len(data)
                sink.sendall(data)
        _shut(source)
        _shut(sink)


def _shut(held: socket.socket) -> None:
    with contextlib.suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)
    held.close()

"""A printer on the network, raw TCP, mostly on port 9100. Adapter (socket)."""

from __future__ import annotations

import fcntl
import socket
import struct
import termios
import time

# More than a receipt: a stalled printer's own buffers take no more than this unseen.
_SEND_BUFFER_BYTES = 16_384

# For an order to clear, which was given just now, to reach the printer.
_LAST_WORDS_S = 0.2


class TcpLine:
    """An open connection; see `Line`."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    @classmethod
    def open(cls, host: str, port: int, wait_s: float) -> TcpLine:
        """Connect within `wait_s`.

        Raises:
            OSError: nobody answers there.
        """
        connection = socket.create_connection((host, port), timeout=wait_s)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        # Questions of three bytes wait for nobody's acknowledgement.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection)

    def write(self, data: bytes, wait_s: float) -> int:
        """Send the beginning of `data`."""
        self._socket.settimeout(max(wait_s, 0.001))
        try:
            return self._socket.send(data)
        except TimeoutError:
            return 0

    def read(self, wait_s: float) -> bytes:
        """Return what came."""
        self._socket.settimeout(max(wait_s, 0.001))
        try:
            data = self._socket.recv(4096)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the printer closed the connection")
        return data

    def close(self) -> None:
        """Let the printer go. What the kernel could not send yet is dropped, and never comes out later.

        A printer that takes nothing, for want of paper, would else be given the rest of it as soon as it has some.
        """
        deadline_s = time.monotonic() + _LAST_WORDS_S
        while self._unsent_bytes() and time.monotonic() < deadline_s:
            time.sleep(0.005)  # nothing tells that all was acknowledged
        if self._unsent_bytes():
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _unsent_bytes(self) -> int:
        try:
            return int.from_bytes(fcntl.ioctl(self._socket, termios.TIOCOUTQ, bytes(4)), "little")
        except OSError:
            return 0

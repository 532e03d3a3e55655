"""Cards that a virtual reader takes, in their own protocol. Adapter (socket).

    python -m drivers.simulated.card --agent NAME --key FILE

vpcd's protocol: two bytes of length, then one control byte (0 off, 1 on, 2 reset, 4 send the ATR, which alone is
answered) or an order to the card, answered by its data and status word. A card is put in by connecting, and taken out
by letting go. As a program it starts pcscd with virtual readers, and reads its standard input: `badge`, `forged`,
`vitale`, `bank` and `mute` put a card in, `none` takes it out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from drivers.reader import tlv
from drivers.reader.badge import APPLET, CONTEXT, PIV
from drivers.simulated.pcscd import Pcscd

_SEND_ATR = b"\x04"
_NO_ANSWER = b""
_OK = b"\x90\x00"
_NOT_FOUND = b"\x6a\x82"
# A card's side of one order: bytes to answer, none to stay mute; None is torn out at that moment.
Script = Callable[[bytes], bytes | None]

# 3B: direct; 8n: TD1 and n historical bytes; 01: T=1; then the check byte, which `_atr` reckons.
VITALE_ATR = bytes.fromhex("3B751300004409EA9000")
BANK_ATR = bytes.fromhex("3B6500002063CB6800")


def badge_atr(mark: bytes = b"Guichet", protocol: int = 1) -> bytes:
    """Return the ATR of a card that names itself, of protocol T=1 or T=0."""
    if not protocol:
        return b"\x3b" + bytes([len(mark)]) + mark  # T=0 is what an ATR that names none offers; it has no check byte
    body = bytes([0x80 | len(mark), 0x01]) + mark
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes([check])


@dataclass(slots=True)
class AgentBadge:
    """The card's side of our applet; `pin` is asked for where there is one."""

    agent: str
    key: Ed25519PrivateKey
    pin: bytes = b""
    tries_left: int = 3
    _open: bool = False

    def __call__(self, order: bytes) -> bytes:
        """Answer an order."""
        data = order[5 : 5 + order[4]] if len(order) > 5 else b""  # noqa: PLR2004  (header and length)
        match order[1]:
            case 0xA4:
                self._open = not self.pin
                return self.agent.encode() + _OK if data == APPLET else _NOT_FOUND
            case 0x20:
                return self._verify(data)
            case 0x88:
                return self.key.sign(CONTEXT + data) + _OK if self._open else b"\x69\x82"
            case _:
                return b"\x6d\x00"

    def _verify(self, data: bytes) -> bytes:
        if data and self.tries_left:
            self._open = data == self.pin
            self.tries_left = 3 if self._open else self.tries_left - 1
        if self._open:
            return _OK
        return bytes([0x63, 0xC0 | self.tries_left]) if self.tries_left else b"\x69\x83"


@dataclass(slots=True)
class PivCard:
    """The card's side of PIV, as far as a badge is asked: its certificate, and its card authentication key."""

    key: ec.EllipticCurvePrivateKey
    _left: bytes = b""

    def __call__(self, order: bytes) -> bytes:
        """Answer an order; long answers come in pieces (61xx)."""
        data = order[5 : 5 + order[4]] if len(order) > 5 else b""  # noqa: PLR2004  (as above)
        match order[1]:
            case 0xA4:
                return b"\x61\x00" + _OK if data == PIV else _NOT_FOUND
            case 0xCB:
                certificate = tlv.encode(0x70, self._certificate()) + tlv.encode(0x71, b"\0") + tlv.encode(0xFE, b"")
                return self._pieces(tlv.encode(0x53, certificate))
            case 0xC0:
                return self._pieces(self._left)
            case 0x87:
                challenge = tlv.find(data, 0x7C, 0x81) or b""
                signature = self.key.sign(challenge, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
                return tlv.encode(0x7C, tlv.encode(0x82, signature)) + _OK
            case _:
                return b"\x6d\x00"

    def _pieces(self, data: bytes) -> bytes:
        piece, self._left = data[:256], data[256:]
        return piece + (bytes([0x61, min(len(self._left), 255)]) if self._left else _OK)

    def _certificate(self) -> bytes:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "badge")])
        day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(day)
            .not_valid_after(day + dt.timedelta(days=3650))
        )
        return made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass(slots=True)
class OverT0:
    """A card of protocol T=0 around one that answers whole: its answers are fetched, at the length it says."""

    card: Script
    _held: bytes = b""

    def __call__(self, order: bytes) -> bytes | None:
        """Answer an order; one with two lengths, or none, is wrong here (ISO/IEC 7816-3, 12.2)."""
        if len(order) != 5 and len(order) != 5 + order[4]:  # noqa: PLR2004  (header and length)
            return b"\x67\x00"
        if order[1] != 0xC0:  # noqa: PLR2004  (GET RESPONSE)
            answer = self.card(order)
            if answer is None or len(answer) <= len(_OK):
                return answer
            self._held = answer
        data = self._held[:-2]
        if order[1] == 0xC0 and order[4] == len(data) % 256:  # noqa: PLR2004  (as above)
            return self._held
        return bytes([0x6C if order[1] == 0xC0 else 0x61, len(data) % 256])  # noqa: PLR2004  (as above)


def silent(_order: bytes) -> bytes:
    """Answer as a card that knows no order at all."""
    return b"\x6d\x00"


@dataclass(slots=True)
class SimulatedCard:
    """A card: a context, put into the reader at `port` inside of it. `orders` are those it was given."""

    port: int
    atr: bytes = field(default_factory=badge_atr)
    script: Script = silent
    orders: list[bytes] = field(default_factory=list)
    _socket: socket.socket | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Put it in.

        Raises:
            OSError: there is no reader.
        """
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._serve, args=(self._socket,), name="simulated-card", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it out."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        if self._thread is not None:
            self._thread.join(5)

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, EOFError):
            while True:
                order = _take(line, int.from_bytes(_take(line, 2), "big"))
                if order == _SEND_ATR:
                    _give(line, self.atr)
                elif len(order) > 1:
                    self.orders.append(order)
                    answer = self.script(order)
                    if answer is None:
                        line.shutdown(socket.SHUT_RDWR)
                        return
                    if answer != _NO_ANSWER:
                        _give(line, answer)


def _take(line: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        # vpcd writes length and body apart: without this an order takes 40 ms.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = line.recv(count - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def _give(line: socket.socket, data: bytes) -> None:
    line.sendall(len(data).to_bytes(2, "big") + data)


def main() -> int:
    """Run as a program until standard input ends."""
    parser = argparse.ArgumentParser(description="A virtual reader, and cards to put into it.")
    parser.add_argument("--agent", default="agent")
    parser.add_argument("--key", type=Path, required=True, help="the badge's Ed25519 key (PEM)")
    options = parser.parse_args()
    key = load_pem_private_key(options.key.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)  # noqa: S101  (what the demo made)
    kinds: dict[str, tuple[bytes, Script]] = {
        "badge": (badge_atr(), AgentBadge(options.agent, key)),
        "forged": (badge_atr(), AgentBadge(options.agent, Ed25519PrivateKey.generate())),
        "vitale": (VITALE_ATR, silent),
        "bank": (BANK_ATR, silent),
        "mute": (badge_atr(), lambda _: _NO_ANSWER),
    }
    try:
        with Pcscd() as daemon:
            print("ready", flush=True)  # noqa: T201  (its starter waits for it)
            _obey(daemon, kinds)
    except OSError as error:
        print(f"cannot run a virtual card reader: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _obey(daemon: Pcscd, kinds: dict[str, tuple[bytes, Script]]) -> None:
    with ExitStack() as inside:
        for line in sys.stdin:
            inside.close()
            if (wanted := kinds.get(line.strip())) is not None:
                inside.enter_context(SimulatedCard(daemon.ports[0], *wanted))


if __name__ == "__main__":
    sys.exit(main())

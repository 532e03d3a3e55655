"""What a simulated scanner makes of the commands of its make, and what it answers. No I/O."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from drivers.scanner.model import ssi_packet

if TYPE_CHECKING:
    from drivers.scanner.model import Model


class ScannerMind:
    """Tell it what came over the line; it returns which commands that were."""

    def __init__(self, model: Model) -> None:
        self._commands = {command: name for name, command in asdict(model).items() if isinstance(command, bytes)}
        self._heard = b""

    def hear(self, data: bytes) -> list[tuple[str, bytes]]:
        """Return the name of each command that `data` completes, as in `Model`, and the answer to it."""
        self._heard += data
        obeyed: list[tuple[str, bytes]] = []
        while self._heard:
            command = next((command for command in self._commands if self._heard.startswith(command)), None)
            if command:
                obeyed.append((self._commands[command], _answer(command)))
            elif any(command.startswith(self._heard) for command in self._commands):
                break
            self._heard = self._heard[len(command or b"?") :]
        return obeyed


def _answer(command: bytes) -> bytes:
    if command.startswith(b"\x16M\r"):  # Honeywell echoes a menu command with ACK before its sign
        said = b": 1.0" if command.endswith(b".") else b""
        return command[3:-1] + said + b"\x06" + command[-1:]
    if command.startswith(b"~\x01"):  # Newland says STX for "~", and ACK before its end
        said = b"SIMULATED" if b"QRY" in command else b""
        return b"\x02" + command[1:-2] + said + b"\x06" + command[-2:]
    return ssi_packet(0xD0, source=0) if command[1:2] >= b"\xc0" else b""

"""What scanners of each make can be told over their line, and how they answer. No I/O.

Nothing here is kept by the scanner when it loses its power: what is told is told again at each opening.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Make(Enum):
    """Whose commands a scanner obeys."""

    OTHER = auto()
    """It is told nothing."""
    HONEYWELL = auto()
    ZEBRA = auto()
    NEWLAND = auto()
    DATALOGIC = auto()


class Tone(Enum):
    """What a scanner's beep says to whoever holds a code before it."""

    KNOWN = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer is known among codes: its beginning, what ends it, and what may stand behind its end."""

    start: bytes
    ends: tuple[bytes, ...] = ()
    """Without any, the beginning is all of it."""
    behind: bytes = b""


@dataclass(frozen=True, slots=True)
class Model:
    """The commands of one make; None where it has none."""

    trigger: bytes | None = None
    """Read now, as if somebody had pressed the button."""
    release: bytes | None = None
    beep: bytes | None = None
    """Sound as for a code that was read."""
    beep_badly: bytes | None = None
    """Sound so that nobody takes it for a code that is known."""
    send_aim: bytes | None = None
    """Send AIM identifiers from now on."""
    ask: bytes | None = None
    """Ask something harmless, to learn whether it is there."""
    answers: tuple[Answer, ...] = ()


# Honeywell (Xenon, Voyager, Granit, and Metrologic's since 2010), user's guide, "Serial Programming Commands": a menu
# command is SYN M CR, tag, subtag, data and "!" (volatile) or "." (kept; harmless for a question); it is echoed with
# ACK, ENQ or NAK before that sign. "Serial Trigger Mode": SYN T CR, SYN U CR. Prefix 5C81: "AIM I.D.", 99: all codes.
_ACK, _ENQ, _NAK = b"\x06", b"\x05", b"\x15"


def _menu(command: bytes) -> bytes:
    return b"\x16M\r" + command


_HONEYWELL = Model(
    trigger=b"\x16T\r",
    release=b"\x16U\r",
    beep=_menu(b"BEPEXE1!"),
    send_aim=_menu(b"PREBK2995C81!"),
    ask=_menu(b"REVINF."),
    answers=tuple(Answer(tag, (_ACK, _ENQ, _NAK), b".!") for tag in (b"REVINF", b"BEPEXE", b"PREBK2")),
)


def ssi_packet(opcode: int, data: bytes = b"", source: int = 4) -> bytes:
    """Return a packet of Zebra's Simple Serial Interface; `source` 4 is the host, 0 the scanner.

    Simple Serial Interface Programmer's Guide (72-40451), "Packet format": length without the checksum, opcode, source,
    status, data, and the two's complement of their sum in 16 bits.
    """
    packet = bytes([4 + len(data), opcode, source, 0]) + data
    return packet + (-sum(packet) & 0xFFFF).to_bytes(2, "big")


# The same guide, "SSI commands": START_SESSION (START_DECODE), STOP_SESSION, BEEP with 0 (one short high beep) or 0Fh
# (one long low beep), PARAM_SEND with no beep, parameter 2Dh "Transmit Code ID Character" = 1 (AIM), SCAN_ENABLE; each
# is answered by CMD_ACK, or CMD_NAK with its cause: resend, bad context, denied.
_NAK_CAUSES = (1, 2, 6)
_ZEBRA = Model(
    trigger=ssi_packet(0xE4),
    release=ssi_packet(0xE5),
    beep=ssi_packet(0xE6, b"\0"),
    beep_badly=ssi_packet(0xE6, b"\x0f"),
    send_aim=ssi_packet(0xC6, b"\xff\x2d\x01"),
    ask=ssi_packet(0xE9),
    answers=(
        Answer(ssi_packet(0xD0, source=0)),
        *(Answer(ssi_packet(0xD1, bytes([cause]), source=0)) for cause in _NAK_CAUSES),
    ),
)


def _unified(command: bytes) -> bytes:
    return b"~\x010000#" + command + b";\x03"


# Newland, "Serial Programming Command Manual" and NLS-HR52 user manual, "Use of Programming Command": "~" SOH 0000, "#"
# (not kept), command, ";" ETX; the answer is STX SOH 0000, the command, its data, ACK or NAK, ";" ETX.
_NEWLAND = Model(
    trigger=_unified(b"SCNTRG1"),
    release=_unified(b"SCNTRG0"),
    beep=_unified(b"BEEPON2000F50T20V"),  # 2,000 Hz, 50 ms, as loud as it goes
    beep_badly=_unified(b"BEEPON400F300T20V"),
    send_aim=_unified(b"AIDENA1"),
    ask=_unified(b"QRYPDN"),
    answers=(Answer(b"\x02\x010000#", (b";\x03",)),),
)

# Datalogic, Magellan 800i and 9300i product reference guides, "Host commands": E enables reading, D disables it, SOH
# beeps whatever is set, F ("not on file") beeps long or often, after which some read no more until E. The answer to "i"
# (who are you) is not described, so nothing is asked.
_DATALOGIC = Model(trigger=b"E", release=b"D", beep=b"\x01", beep_badly=b"FE")

MODELS = {
    Make.OTHER: Model(),
    Make.HONEYWELL: _HONEYWELL,
    Make.ZEBRA: _ZEBRA,
    Make.NEWLAND: _NEWLAND,
    Make.DATALOGIC: _DATALOGIC,
}

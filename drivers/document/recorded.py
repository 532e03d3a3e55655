"""What went between us and scanimage, without a page, and without whose scanner it is. No I/O.

Kept are the arguments, the list of options, the names of finished pages, and of what scanimage says while it scans the
lines that `drivers.document.telling` reads: all else is redacted letter by letter, and so is the device's name, which
may hold a host's or a serial number. Lengths and pieces stay as they came.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers import recording
from drivers.document import telling
from drivers.recording import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PAGE_NAME = re.compile(rb"^scan-\d{4}\.pnm$", re.MULTILINE)
_BETWEEN_ARGUMENTS = b"\0"


def asked(at_ms: int, command: Sequence[str], device: str) -> Step:
    """Return the order that scanimage was started with."""
    return Step(at_ms, out=_anonymous(_BETWEEN_ARGUMENTS.join(each.encode() for each in command), device).hex())


def listed(came: Sequence[tuple[int, bytes, bytes]], device: str) -> list[Step]:
    """Return the list of options, by when each piece of it and of the errors beside it came: nothing is scanned yet."""
    out, err = (_anonymous(said, device) for said in _whole(came))
    return _steps(came, out, _only(err, telling.own_words(err)))


def scanned(came: Sequence[tuple[int, bytes, bytes]], device: str) -> list[Step]:
    """Return what was said while a page was scanned."""
    out, err = (_anonymous(said, device) for said in _whole(came))
    return _steps(
        came, _only(out, (found.span() for found in _PAGE_NAME.finditer(out))), _only(err, telling.own_words(err))
    )


def ended(at_ms: int, exit_code: int) -> Step:
    """Return how scanimage ended."""
    return Step(at_ms, ended=exit_code)


def _whole(came: Sequence[tuple[int, bytes, bytes]]) -> tuple[bytes, bytes]:
    return b"".join(out for _, out, _ in came), b"".join(err for _, _, err in came)


def _steps(came: Sequence[tuple[int, bytes, bytes]], out: bytes, err: bytes) -> list[Step]:
    """Cut what is kept as it came."""
    steps: list[Step] = []
    for at_ms, said, errors in came:
        if said or errors:
            steps.append(Step(at_ms, came=out[: len(said)].hex(), err=err[: len(errors)].hex()))
        out, err = out[len(said) :], err[len(errors) :]
    return steps


def _anonymous(said: bytes, device: str) -> bytes:
    return said.replace(device.encode(), recording.without_words(device.encode()))


def _only(said: bytes, spans: Iterable[tuple[int, int]]) -> bytes:
    """Return what was said, of which only these spans are to be read."""
    kept = bytearray(recording.without_words(said))
    for begin, end in spans:
        kept[begin:end] = said[begin:end]
    return bytes(kept)

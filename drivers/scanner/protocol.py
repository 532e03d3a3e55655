"""From the bytes of a code scanner to the codes they complete. No I/O.

A code ends with CR, LF or CRLF, whatever the scanner was set to; an empty one is no code. What is longer than any
code (noise, a wrong speed) is dropped up to its end, so that it is never taken for one. Promise: how the bytes are
chunked never matters, and no bytes raise anything.
"""

from __future__ import annotations

# A QR code of version 40 holds 2,953 bytes (ISO/IEC 18004:2015, table 7), the most of any code we read.
MAX_CODE_BYTES = 4096


class ScannerProtocol:
    """Feed it bytes as they arrive; it returns the codes they complete."""

    def __init__(self) -> None:
        self._code = bytearray()
        self._too_long = False

    def receive(self, data: bytes) -> list[bytes]:
        """Return the codes completed by `data`, oldest first."""
        codes: list[bytes] = []
        *finished, rest = data.replace(b"\n", b"\r").split(b"\r")
        for part in finished:
            self._add(part)
            if self._code and not self._too_long:
                codes.append(bytes(self._code))
            self._code.clear()
            self._too_long = False
        self._add(rest)
        return codes

    def _add(self, part: bytes) -> None:
        if len(self._code) + len(part) > MAX_CODE_BYTES:
            self._too_long = True
            self._code.clear()
        if not self._too_long:
            self._code += part

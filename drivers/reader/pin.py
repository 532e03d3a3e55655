"""A PIN on its way from the keys to the card, once. No I/O."""

from __future__ import annotations


class Pin:
    """Digits that are shown nowhere, and gone once they are taken.

    Python may have copied them before; whoever can read this process's memory has seen the keys anyway.
    """

    def __init__(self, digits: str) -> None:
        self._digits = bytearray(digits, "ascii", "replace")

    def take(self) -> bytes:
        """Return the digits for the card, and forget them; a second time there are none."""
        digits = bytes(self._digits)
        self._digits[:] = bytes(len(self._digits))
        self._digits.clear()
        return digits

    def __repr__(self) -> str:
        return "<PIN>"

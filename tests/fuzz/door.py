"""A door through which bytes from elsewhere come in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sync.rejected import Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Door:
    """A decoder, as a function from bytes to one of the types it `gives`, or `Rejected`."""

    name: str
    open: Callable[[bytes], object]
    gives: tuple[type, ...]

    def samples(self) -> tuple[bytes, ...]:
        """Return the valid bytes kept for this door."""
        return tuple(path.read_bytes() for path in sorted((CORPUS / self.name).iterdir()))

    def try_with(self, data: bytes) -> None:
        """Open the door with `data`.

        Raises:
            AssertionError: what came is neither a value nor a refusal.
        """
        found = self.open(data)
        if not isinstance(found, (*self.gives, Rejected)):
            raise AssertionError(f"{self.name} gave {found!r}")  # noqa: TRY004  (a broken promise, not a caller's)

"""The words that citizens leave at the kiosk, and the search for them in raw bytes. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES = ("Zyxberthelot", "Kwozniakova", "Përrichonnet", "O'Brzęczyk", "Quirvaullaume", "Lhœvremond")
TROUBLES = ("surendettement", "curatelle renforcée", "violences conjugales", "expulsion locative", "chimiothérapie")
# Numbers kept for fiction by the regulator (Arcep, décision 2018-0881: 06 39 98 xx xx).
TELEPHONES = tuple(f"063998{number:04d}" for number in range(100))
# What F14128's questions are answered with.
ANSWERS = ("Locataire", "Propriétaire", "Européen", "Retraité", "Colocataire")


def session(number: int) -> tuple[str, str]:
    """Return what the citizen of session `number` types, and what their scanned paper says."""
    name = NAMES[number % len(NAMES)]
    telephone = TELEPHONES[number // len(NAMES) % len(TELEPHONES)]
    return f"{TROUBLES[number % len(TROUBLES)]} {name.lower()}", f"{name};{telephone};{TROUBLES[number % 3]}"


def found(raw: bytes, words: Iterable[str] = (*NAMES, *TROUBLES, *TELEPHONES, *ANSWERS)) -> set[str]:
    """Return which of `words` are in `raw`, in any case and in the encodings of this century."""
    low = raw.lower()
    return {word for word in words if any(form in low for form in _forms(word))}


def _forms(word: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "utf-16-le", "latin-1", "ascii"):
        form = word.encode(encoding, errors="ignore")
        if len(form) > 5:  # what is shorter is in any random megabyte
            yield form.lower()
            yield word.lower().encode(encoding, errors="ignore")

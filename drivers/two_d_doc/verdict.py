"""Whether a paper is genuine, and what it says. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Verdict(Enum):
    """What the check of a code found. Only the first two speak for a paper."""

    GENUINE = auto()
    GENUINE_LONG_AGO = auto()
    """Signed while the issuer's certificate was valid, which has ended since: as genuine as ever."""
    UNKNOWN_ISSUER = auto()
    """Our list has no such certificate: a new issuer, a test, or a forger's own."""
    EXPIRED_CERTIFICATE = auto()
    """Signed before the issuer's certificate began or after it ended."""
    ALTERED = auto()
    """The signature is not of this content: forged, altered since, or misread on the way to us."""
    NOT_A_2D_DOC = auto()
    CANNOT_TELL = auto()
    """`Doubt` says why."""

    @property
    def is_genuine(self) -> bool:
        """Whether the issuer is vouched for and said just this."""
        return self in {Verdict.GENUINE, Verdict.GENUINE_LONG_AGO}


class Doubt(Enum):
    """Why we cannot tell whether a paper is genuine."""

    NO_SIGNATURE = auto()
    """Its separator is missing: often a scanner that keeps control characters to itself."""
    NEWER_VERSION = auto()
    BINARY = auto()
    NO_SIGNATURE_DATE = auto()
    """Well signed, but it does not say when: whether the certificate was valid then, nobody knows."""
    UNUSABLE_KEY = auto()
    """The issuer's certificate holds no key of a kind that signs 2D-Docs."""


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One thing that the paper says, in French."""

    label: str
    text: str

    def __repr__(self) -> str:
        return "Line(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Paper:
    """A checked paper. What only its issuer can vouch for is empty unless the verdict is genuine.

    Its `repr`, which may get into a log, shows the verdict and nothing of the citizen's.
    """

    verdict: Verdict
    doubt: Doubt | None = None
    title: str = ""
    """What it claims to be, in French; empty where no header could be read."""
    issuer: str = ""
    signed: date | None = None
    lines: tuple[Line, ...] = ()
    is_whole: bool = True
    """Whether `lines` is all that the code says: fields newer than our list are left out."""

    def __repr__(self) -> str:
        return f"Paper({self.verdict.name}{f', {self.doubt.name}' if self.doubt else ''})"

"""Why something is not believed. No I/O."""

from __future__ import annotations

from enum import Enum


class Distrust(Enum):
    """Why a device does not believe what its mirror holds; the values end the sentence "<file> ..."."""

    ROLLBACK = "is older than what this device has seen"
    EXPIRED = "leads to what had expired when the hub last signed"
    SIGNATURES = "lacks the signatures it needs"
    TAMPERED = "is not what was signed"
    TOO_LONG = "is longer than it may be"
    INCOMPLETE = "is not here yet, or only in part"
    MALFORMED = "is not of the form it must have"
    UNREADABLE = "cannot be read"
    DISK = "cannot be kept: the disk refuses"
    ENROLMENT = "cannot be used: enrol the device again"
    LIBRARY = "cannot be judged: this python-tuf takes no time of ours"


class TrustError(Exception):
    """Nothing is believed that was not before; `file` is what cannot be, which a carrier may bring again."""

    def __init__(self, reason: Distrust, file: str, detail: str = "") -> None:
        super().__init__(f"{file} {reason.value}" + (f" ({detail})" if detail else ""))
        self.reason = reason
        self.file = file

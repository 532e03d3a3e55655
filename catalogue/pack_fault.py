"""Why a content pack cannot be read. No I/O."""

from __future__ import annotations

from enum import Enum, auto


class PackFault(Enum):
    """Why a pack cannot be read."""

    MISSING = auto()
    NOT_A_PACK = auto()
    OTHER_VERSION = auto()
    DAMAGED = auto()


class PackError(Exception):
    """The pack cannot be read: install another one. `fault` says why."""

    def __init__(self, message: str, fault: PackFault) -> None:
        super().__init__(message)
        self.fault = fault

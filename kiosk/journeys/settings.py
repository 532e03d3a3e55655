"""What the operator's configuration says to the journeys. No I/O."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the kiosk waits for a citizen."""

    idle_warning_s: float = 60.0
    idle_grace_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner of the place; what is not known of it is empty."""

    name: str
    about: str = ""
    phone: str = ""
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a version of the configuration says to the journeys."""

    version: int = 0
    structure: str = ""
    patience: Patience = Patience()
    opening_hours: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()

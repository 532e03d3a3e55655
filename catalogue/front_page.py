"""What the first screen offers: life events, and the procedures asked for most. No I/O."""

from __future__ import annotations

import msgspec


class Tile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One touch to a sheet; `icon` is the name of a Lucide icon."""

    sheet: str
    label: str
    icon: str


class FrontPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tiles of the first screen, the most wanted first."""

    life_events: tuple[Tile, ...] = ()
    procedures: tuple[Tile, ...] = ()

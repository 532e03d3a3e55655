"""What every table of the configuration is made of. No I/O."""

from __future__ import annotations

import msgspec


def said(what: str) -> msgspec.Meta:
    """Return a setting's line of `docs/configuration.md`."""
    return msgspec.Meta(description=what)


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the configuration: frozen, and closed to keys that nobody reads."""

"""The source line which the licence of the sheets asks for. No I/O.

Licence Ouverte 2.0: name the producer and the date of the last update; suggest no endorsement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogue.sheet import Sheet


def attribution(sheet: Sheet) -> str:
    """Return the line which stands on every sheet and on every receipt."""
    updated = f", mise à jour le {french_date(sheet.updated)}" if sheet.updated else ""
    return (
        "Source : Service-Public – Direction de l'information légale et administrative (DILA), "
        f"fiche {sheet.id}{updated}. Licence Ouverte 2.0. Contenu adapté, sans valeur officielle."
    )


def french_date(iso_date: str) -> str:
    """Write 2020-01-08 as 08/01/2020."""
    return "/".join(reversed(iso_date.split("-")))

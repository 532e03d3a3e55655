"""Which sheet an official address leads to: what the QR code of a receipt brings back. No I/O."""

from __future__ import annotations

import re

# Both names of the site (the second since 2024), the three audiences, with or without "www." and a query:
# https://www.service-public.gouv.fr/particuliers/vosdroits/F14128
_ADDRESS = re.compile(
    r"https?://(?:www\.)?service-public(?:\.gouv)?\.fr"
    r"/(?:particuliers|professionnels-entreprises|associations)/vosdroits/([FNR]\d{1,6})(?:[/?#]\S*)?",
)


def sheet_id(address: str) -> str | None:
    """Return the id of the sheet at an address of service-public.fr, None for any other text."""
    match = _ADDRESS.fullmatch(address.strip())
    return match.group(1) if match else None

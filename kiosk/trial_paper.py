"""The paper of a technician's self-test: all that a printer can get wrong, on one hand's length. No I/O."""

from __future__ import annotations

from drivers.printer.elements import (
    Align,
    Barcode,
    Columns,
    Emphasis,
    Heading,
    Kicker,
    QrCode,
    Receipt,
    Rule,
    Text,
    TickBox,
    Title,
)

_CODE = "https://www.service-public.fr/particuliers/vosdroits/F14128"


def trial_paper(profile: str, paper_mm: int) -> Receipt:
    """Return the receipt; what each line should look like stands in it."""
    return (
        Kicker("Essai de l’imprimante"),
        Title("Tout est lisible\u00a0?"),
        Columns(f"profil {profile}", f"{paper_mm} mm"),
        Rule(),
        Heading("Les lettres"),
        Text("éèêë àâä îï ôö ùûü ç œ æ É À Œ « » ’ … – € °"),
        Text("gras", Emphasis.BOLD),
        Text("petit", Emphasis.SMALL),
        Text("au milieu", align=Align.CENTRE),
        Text("العربية · Українська · Română"),
        TickBox("une case vide à gauche, et cette ligne, assez longue, revient sous sa première lettre"),
        Rule(),
        Barcode("ESSAI-0123"),
        QrCode(_CODE, "Un téléphone lit ce code"),
    )

"""What a paper says, in French. No I/O.

Titles and labels are those of France Titres' specification, shorter where a citizen would stumble. The lines stand in
the order of the identifiers, in which the specification has a person before an address and both before the figures;
what is about the code itself comes last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from drivers.two_d_doc import definitions, forms
from drivers.two_d_doc.verdict import Doubt, Line, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drivers.two_d_doc.fields import Field, Fields, Length

VERDICTS = {
    Verdict.GENUINE: "Ce document est authentique. Comparez-le avec ce qui suit.",
    Verdict.GENUINE_LONG_AGO: (
        "Ce document est authentique\u00a0: il a été signé quand le certificat de son émetteur était valable. "
        "Comparez-le avec ce qui suit."
    ),
    Verdict.UNKNOWN_ISSUER: (
        "L’émetteur de ce document est inconnu de la borne. Elle ne peut pas dire s’il est authentique."
    ),
    Verdict.EXPIRED_CERTIFICATE: (
        "Ce document a été signé hors de la période de validité du certificat de son émetteur. "
        "La borne ne peut pas dire s’il est authentique."
    ),
    Verdict.ALTERED: (
        "Le contenu de ce code n’est pas celui qui a été signé\u00a0: le document a été modifié, "
        "ou le code est mal lu. Présentez-le encore une fois."
    ),
    Verdict.NOT_A_2D_DOC: "Ce code n’est pas un 2D-Doc.",
    Verdict.CANNOT_TELL: "La borne ne peut pas dire si ce document est authentique.",
}
DOUBTS = {
    Doubt.NO_SIGNATURE: "Le code a été lu sans sa signature. Présentez-le encore une fois.",
    Doubt.NEWER_VERSION: "Ce 2D-Doc est d’une version que la borne ne connaît pas encore.",
    Doubt.BINARY: "Ce 2D-Doc est écrit sous une forme que la borne ne lit pas.",
    Doubt.NO_SIGNATURE_DATE: "Le code ne dit pas quand il a été signé.",
    Doubt.UNUSABLE_KEY: "Le certificat de son émetteur ne permet pas de le vérifier.",
}
READ_IN_PART = "Une partie du code n’a pas pu être lue."

_TITLES = {
    "00": "Justificatif de domicile",
    "01": "Justificatif de domicile (facture)",
    "02": "Avis de taxe d’habitation",
    "03": "Relevé d’identité bancaire",
    "04": "Avis d’impôt sur les revenus",
    "05": "Relevé d’identité bancaire",
    "08": "Pièce d’identité",
    "11": "Relevé de compte bancaire",
    "18": "Avis de situation déclarative à l’impôt sur les revenus",
    "24": "Avis de situation déclarative à l’impôt sur les revenus",
    "27": "Avis de situation déclarative à l’impôt sur les revenus",
    "28": "Avis d’impôt sur les revenus",
    "B1": "Attestation de contribution à la vie étudiante et de campus",
    "B4": "Traduction certifiée",
}
_VERSION = re.compile(r" \(?V[0-9]\)?$")  # the issuer's, of no use to a reader

_EUROS = forms.in_unit("€")
_HOURS = forms.in_unit("h")


class _Said(NamedTuple):
    label: str
    form: forms.Form | None = None


# What is shorter, clearer or better written than by the definition; where it says no form the definition's stands.
_SAID = {
    "10": _Said("Nom", forms.name),
    "11": _Said("Civilité"),
    "12": _Said("Prénom"),
    "13": _Said("Nom"),
    "14": _Said("Nom du destinataire", forms.name),
    "1D": _Said("Montant TTC", _EUROS),
    "30": _Said("Titulaire", forms.name),
    "31": _Said("IBAN"),
    "32": _Said("BIC"),
    "38": _Said("Solde au début de la période", _EUROS),
    "39": _Said("Solde à la fin de la période", _EUROS),
    "41": _Said("Revenu fiscal de référence", _EUROS),
    "44": _Said("Référence de l’avis"),
    "45": _Said("Année des revenus"),
    "4A": _Said("Date de mise en recouvrement", forms.full_date),  # letters by the definition, which is wrong
    "4D": _Said("Montant du don", _EUROS),
    "4E": _Said("Droits payés", _EUROS),
    "4I": _Said("Montant taxable", _EUROS),
    "4J": _Said("Montant de la cession", _EUROS),
    "4M": _Said("Taux applicable", forms.in_unit("%")),
    "4V": _Said("Impôt sur le revenu net", _EUROS),
    "4W": _Said("Reste à payer", _EUROS),
    "4X": _Said("Retenue à la source", _EUROS),
    "4Y": _Said("Adresse du domicile", forms.listed),
    "4Z": _Said("Prélèvements sociaux nets", _EUROS),
    "51": _Said("Heures travaillées", _HOURS),
    "52": _Said("Heures travaillées, cumul", _HOURS),
    "58": _Said("Salaire net imposable", _EUROS),
    "59": _Said("Salaire net imposable, cumul", _EUROS),
    "5A": _Said("Salaire brut du mois", _EUROS),
    "5B": _Said("Salaire brut, cumul", _EUROS),
    "5C": _Said("Salaire net", _EUROS),
    "60": _Said("Prénoms", forms.listed),
    "73": _Said("Prénoms du défunt", forms.listed),
    "81": _Said("Prénoms", forms.listed),
    "B0": _Said("Prénoms", forms.listed),
    "E5": _Said("État du permis de conduire du conducteur"),
    "G4": _Said("Sommes versées au titre de l’ADA", _EUROS),
    "I0": _Said("Année du caducée", forms.plain),  # a date by the definition, of four digits
}
_COUNTRIES = {"26", "2D", "34", "5J", "67", "6C", "6I", "6Y", "A0", "B5", "B9"}


class _Address(NamedTuple):
    label: str
    streets: tuple[str, ...]
    postal_code: str
    town: str
    country: str


_ADDRESSES = (
    _Address("Adresse", ("20", "21", "22", "23"), "24", "25", "26"),
    _Address("Adresse du destinataire", ("27", "28", "29", "2A"), "2B", "2C", "2D"),
    _Address("Adresse de l’employeur", ("5D", "5E", "5F", "5G"), "5H", "5I", "5J"),
    _Address("Adresse du domicile", ("6S", "6T", "6U", "6V"), "6W", "6X", "6Y"),
    _Address("Adresse du propriétaire", ("AU", "AV", "AW", "AX"), "AY", "AZ", ""),
)


def title(perimeter: str, document_type: str) -> str:
    """Return what kind of paper it is."""
    if perimeter != definitions.PERIMETER:
        return f"Document de type {document_type}"
    known = definitions.document_types().get(document_type, f"Document de type {document_type}")
    return _TITLES.get(document_type) or _typeset(_VERSION.sub("", known))


def lengths(perimeter: str) -> Mapping[str, Length]:
    """Return how long the fields are, as far as they are public."""
    return definitions.lengths() if perimeter == definitions.PERIMETER else {}


def text(message: bytes) -> str:
    """Return the message as text. Its standard is ASCII; what goes beyond is read as issuers write it."""
    try:
        return message.decode()
    except UnicodeDecodeError:
        return message.decode("latin-1")


def lines(read: Fields) -> tuple[Line, ...]:
    """Return what the fields say, as a citizen reads it."""
    left = sorted((field for field in read.fields if field.value.strip()), key=lambda field: _place(field.id))
    said: list[tuple[str, Line]] = []
    for address in _ADDRESSES:
        ids = {*address.streets, address.postal_code, address.town, address.country}
        parts = {field.id: _written(field, forms.plain) for field in left if field.id in ids}
        if parts:
            said.append((min(parts), Line(address.label, _on_one_line(address, parts))))
            left = [field for field in left if field.id not in ids]
    said += [(field.id, _line(field)) for field in left]
    return tuple(line for _, line in sorted(said, key=lambda each: _place(each[0])))


def _line(field: Field) -> Line:
    definition = definitions.field_definitions()[field.id]
    label, form = _SAID.get(field.id, _Said(_typeset(definition.name)))
    if form is None:
        form = forms.country if field.id in _COUNTRIES else forms.FORMS.get(definition.form, forms.plain)
    return Line(label, _written(field, form))


def _written(field: Field, form: forms.Form) -> str:
    """Return the value in its form: on one line, nothing in it that a screen or a printer would obey."""
    value = "".join(letter if letter.isprintable() else " " for letter in field.value).strip()
    return f"{value}…" if field.is_cut else form(value)


def _on_one_line(address: _Address, parts: Mapping[str, str]) -> str:
    town = " ".join(parts[each] for each in (address.postal_code, address.town) if each in parts)
    streets = [parts[each] for each in address.streets if each in parts]
    country = forms.country(parts.get(address.country, ""))
    return ", ".join(part for part in (*streets, town, country) if part)


def _place(field_id: str) -> tuple[bool, str]:
    return field_id.startswith("0"), field_id


def _typeset(words: str) -> str:
    """Return the words of the specification with the one apostrophe of French typography."""
    return words.replace("'", "’").replace("‘", "’")

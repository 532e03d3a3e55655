"""What France Titres defines, as `tddoc` carries it: kinds of paper, and the fields' names and lengths. No I/O.

Only its lists are used. Its reader drops leading zeros (of postal codes, of fiscal numbers), ends a value at the first
small letter and takes the rest for a field; its key chain believes whatever lies in a folder of the home.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from drivers.two_d_doc.fields import Length

if TYPE_CHECKING:
    from collections.abc import Mapping

# The only perimeter whose fields are public; others belong to closed circles of issuers.
PERIMETER = "01"


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One identifier of the list."""

    name: str
    form: str
    """The class of `tddoc` for how its value is written: `Date4`, `Decimal`, …"""
    length: Length


@cache
def field_definitions() -> Mapping[str, FieldDefinition]:
    """Return the fields of perimeter 01 by identifier."""
    from tddoc import data_definition  # noqa: PLC0415  (late: 10 ms, of use once a paper is shown)

    return {
        field_id: FieldDefinition(
            definition.name,
            type(definition.encoding).__name__,
            Length(definition.encoding.size_min or 0, definition.encoding.size_max),
        )
        for field_id, (_, definition) in data_definition.c40.perimeters[int(PERIMETER)].datatypes.items()
    }


@cache
def lengths() -> Mapping[str, Length]:
    """Return the lengths of the fields of perimeter 01."""
    return {field_id: definition.length for field_id, definition in field_definitions().items()}


@cache
def document_types() -> Mapping[str, str]:
    """Return the kinds of paper of perimeter 01, as their issuers call them."""
    from tddoc import data_definition  # noqa: PLC0415  (late: see above)

    types = data_definition.c40.perimeters[int(PERIMETER)].doctypes
    return {type_id: each.emitter_type for type_id, each in types.items()}

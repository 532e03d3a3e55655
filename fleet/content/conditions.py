"""From Condition, ou, et, estVrai… to the conditions of the catalogue. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.sheet import AllOf, AnyOf, Condition, IsFalse, IsTrue, IsUndefined

if TYPE_CHECKING:
    from fleet.content.node import Node
    from fleet.content.remarks import Remarks

_LEAVES: dict[str, type[IsTrue | IsFalse | IsUndefined]] = {
    "estVrai": IsTrue,
    "estFaux": IsFalse,
    "estIndefini": IsUndefined,
}
_GROUPS: dict[str, type[AnyOf | AllOf]] = {"ou": AnyOf, "et": AllOf, "Condition": AllOf}


def condition_of(node: Node, remarks: Remarks) -> Condition | None:
    """Return the condition an element stands under, None where it has none."""
    conditions = [_condition(child, remarks) for child in node.elements("Condition")]
    known = tuple(condition for condition in conditions if condition is not None)
    if not known:
        return None
    return known[0] if len(known) == 1 else AllOf(known)


def _condition(node: Node, remarks: Remarks) -> Condition | None:
    if (leaf := _LEAVES.get(node.name)) and (variable := node.attributes.get("var")):
        return leaf(variable)
    group = _GROUPS.get(node.name)
    if group is None:
        # Content under a condition nobody understands is shown: it must not vanish.
        remarks.unknown(node.name)
        return None
    inner = tuple(part for child in node.elements() if (part := _condition(child, remarks)) is not None)
    if not inner:
        return None
    return inner[0] if len(inner) == 1 else group(inner)

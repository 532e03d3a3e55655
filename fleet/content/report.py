"""What a build used and what it set aside, document by document. No I/O."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One document.

    Its `outcome` is "searchable", "stored" (reached by links only), "set aside" (a sheet that could not be
    read) or "no sheet" (a list or a menu beside the sheets).
    """

    document: str
    outcome: str
    sheet: str = ""
    audience: str = ""
    kind: str = ""
    reason: str = ""
    unknown_elements: tuple[str, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """A whole build; `dropped` names what the front page and the intents ask for and no sheet answers."""

    lines: tuple[Line, ...]
    dropped: tuple[str, ...] = ()

    @property
    def used(self) -> int:
        """How many sheets are in the pack."""
        return sum(line.outcome in {"searchable", "stored"} for line in self.lines)

    @property
    def searchable(self) -> int:
        """How many of them search can find."""
        return sum(line.outcome == "searchable" for line in self.lines)

    def not_used(self) -> Iterable[str]:
        """Yield one sentence for each document, or part of one, that could not be used as it is."""
        for line in self.lines:
            if line.outcome == "set aside":
                yield f"{line.document} was set aside: {line.reason}"
            if line.unknown_elements:
                names = ", ".join(line.unknown_elements)
                yield f"{line.document} (sheet {line.sheet}) has unknown elements, kept as plain text: {names}"

    def as_json(self) -> bytes:
        """Return the report as a file for the operator: the totals first."""
        outcomes = Counter(line.outcome for line in self.lines)
        stored = Counter(line.kind for line in self.lines if line.outcome == "stored")
        whole = {
            "documents": len(self.lines),
            "searchable": outcomes["searchable"],
            "stored": outcomes["stored"],
            "set_aside": outcomes["set aside"],
            "no_sheet": outcomes["no sheet"],
            "stored_not_searched_by_kind": dict(sorted(stored.items())),
            "not_used": tuple(self.not_used()),
            "dropped": self.dropped,
            "lines": self.lines,
        }
        return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"

"""What the reading of one sheet could not use. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Remarks:
    """Collects, while one sheet is read, the names of elements the format did not use to have."""

    unknown_elements: set[str] = field(default_factory=set)

    def unknown(self, name: str) -> None:
        """Note an element which is in no table of ours; its text is kept."""
        self.unknown_elements.add(name)

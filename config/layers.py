"""What a device is to be, from the general to the particular: defaults, fleet, group, device. No I/O.

A later layer's value takes the place of an earlier one's; tables are merged key by key, lists are replaced whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.fault import ConfigError, Problem
from config.toml import holds, place_of, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.fault import Place
    from config.toml import Path


@dataclass(frozen=True, slots=True)
class Layer:
    """One document; `file` is its name for people."""

    file: str
    document: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The table that all layers make together; it knows which of them said what."""

    table: dict[str, Any]
    layers: tuple[Layer, ...]
    _tables: tuple[dict[str, Any], ...]

    def place(self, path: Path) -> Place | None:
        """Return where `path` is said last, or the longest part of it that is said at all."""
        while path:
            for layer, table in zip(reversed(self.layers), reversed(self._tables), strict=True):
                if holds(table, path):
                    return place_of(layer.document, layer.file, path)
            path = path[:-1]
        return None

    def said(self) -> Iterator[Path]:
        """Yield the path of every value that some layer says, in the order of the merged table."""
        yield from _leaves(self.table, ())


def merge(layers: Sequence[Layer]) -> Merged:
    """Return what `layers` say together, the later ones over the earlier ones.

    Raises:
        ConfigError: one of them is no TOML; every such one is named.
    """
    tables: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for layer in layers:
        try:
            tables.append(read(layer.document, layer.file))
        except ConfigError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(tuple(problems))
    merged: dict[str, Any] = {}
    for table in tables:
        merged = _over(merged, table)
    return Merged(merged, tuple(layers), tuple(tables))


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: _over(below[key], value) if isinstance(value, dict) and isinstance(below.get(key), dict) else value
        for key, value in above.items()
    }
    return {**below, **both}


def _leaves(table: dict[str, Any], above: Path) -> Iterator[Path]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key)

"""What a push would change for whom, in the words of the configuration. No I/O.

Documents come by the path under which devices look for them: `fleet.toml`, `group/<g>/group.toml`,
`group/<g>/device/<d>.toml`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from config.fault import ConfigError, Problem
from config.layers import Layer, merge
from config.parse import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FLEET = "fleet.toml"


def differences(before: Sequence[Layer], after: Sequence[Layer]) -> list[str]:
    """Return what differs between two configurations, a line for each value.

    Raises:
        ConfigError: a layer is no TOML.
    """
    old, new = _values(before), _values(after)
    return [_line(path, old.get(path), new.get(path)) for path in sorted(old | new) if old.get(path) != new.get(path)]


def effects(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield what each group would get, and each device that gets something else than its group.

    Raises:
        ConfigError: a document is no TOML.
    """
    for group in sorted(_groups(before) | _groups(after)):
        path = f"group/{group}/group.toml"
        shared = differences(_layers(before, FLEET, path), _layers(after, FLEET, path))
        yield f"group {group}", shared
        for device in _devices(before, group) | _devices(after, group):
            own = differences(_layers(before, FLEET, path, device), _layers(after, FLEET, path, device))
            if own != shared:
                yield f"device {device.rpartition('/')[2].removesuffix('.toml')} of group {group}", own


def problems(documents: Mapping[str, str]) -> list[Problem]:
    """Return what no device could use, each once; what is missing here the device itself may say."""
    found: dict[str, Problem] = {}
    for group in sorted(_groups(documents)) or [""]:
        path = f"group/{group}/group.toml"
        for paths in ((FLEET, path), *((FLEET, path, device) for device in sorted(_devices(documents, group)))):
            found |= {str(problem): problem for problem in _problems(_layers(documents, *paths))}
    return list(found.values())


def _problems(layers: Sequence[Layer]) -> Iterable[Problem]:
    try:
        compose(layers)
    except ConfigError as error:
        return [problem for problem in error.problems if problem.reason != "missing"]
    return []


def _layers(documents: Mapping[str, str], *paths: str) -> list[Layer]:
    return [Layer(path, documents[path]) for path in paths if path in documents]


def _groups(documents: Mapping[str, str]) -> set[str]:
    return {path.split("/")[1] for path in documents if path.startswith("group/")}


def _devices(documents: Mapping[str, str], group: str) -> set[str]:
    return {path for path in documents if path.startswith(f"group/{group}/device/")}


def _values(layers: Sequence[Layer]) -> dict[tuple[str, ...], str]:
    merged = merge(layers)
    return {path: _value(merged.table, path) for path in merged.said()}


def _value(table: Any, path: tuple[str, ...]) -> str:  # noqa: ANN401  (whatever TOML holds)
    for key in path:
        table = table[key]
    return json.dumps(table, ensure_ascii=False, default=str)


def _line(path: tuple[str, ...], old: str | None, new: str | None) -> str:
    name = f"[{'.'.join(path[:-1])}] {path[-1]}" if len(path) > 1 else path[0]
    if old is None:
        return f"{name}: {new} (new)"
    return f"{name}: {old} -> {new}" if new is not None else f"{name}: {old} (gone)"

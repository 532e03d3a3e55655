"""From a TOML document to a `DeviceConfig`, or to every problem it has. No I/O."""

from __future__ import annotations

import tomllib
import types
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Union, get_args, get_origin

import msgspec

from config.model import DeviceConfig, Setting


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: the dotted path of the key, and why, as a lower-case sentence."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class ConfigError(Exception):
    """The configuration cannot be used; mend every entry of `problems` and try again."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def parse(document: str) -> DeviceConfig:
    """Return the configuration that `document` (TOML) spells.

    Raises:
        ConfigError: it is not TOML, or some keys are unknown, missing or out of range: all are listed.
    """
    try:
        table = tomllib.loads(document)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError((Problem("", f"not TOML: {error}"),)) from error
    problems = tuple(_problems(table, DeviceConfig, ""))
    if problems:
        raise ConfigError(problems)
    return msgspec.convert(table, DeviceConfig, dec_hook=_path)


def _problems(table: dict[str, Any], model: type[Setting], above: str) -> list[Problem]:
    """List what is wrong in one table, and in the tables under it."""
    fields = {field.name: field for field in msgspec.structs.fields(model)}
    found = [
        Problem(above + key, f"unknown key; known here: {', '.join(fields)}")
        for key in sorted(table.keys() - fields.keys())
    ]
    for name, field in fields.items():
        path = above + name
        nested = _setting(field.type)
        if name not in table:
            if field.required:
                found.append(Problem(path, "missing"))
        elif nested and isinstance(table[name], dict):
            found.extend(_problems(table[name], nested, f"{path}."))
        else:
            try:
                msgspec.convert(table[name], field.type, dec_hook=_path)
            except msgspec.ValidationError as error:
                found.append(Problem(path, f"{str(error).lower()}, not {table[name]!r}"))
    return found


def _setting(annotation: object) -> type[Setting] | None:
    """Return the table's type that an annotation holds, if it holds one."""
    union = get_origin(annotation) in {Union, types.UnionType}
    candidates = get_args(annotation) if union else (annotation,)
    for candidate in candidates:
        if isinstance(candidate, type) and issubclass(candidate, Setting):
            return candidate
    return None


def _path(model: type, value: object) -> object:
    """Turn a string into a path where the model asks for one."""
    if issubclass(model, PurePath) and isinstance(value, str) and value and "\0" not in value:
        return model(value)
    raise ValueError("expected a path")

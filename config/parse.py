"""From TOML documents to a `DeviceConfig`, or to every problem they have. No I/O."""

from __future__ import annotations

import base64
import reprlib
import types
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from config import around
from config.fault import ConfigError, Problem
from config.layers import Layer, Merged, merge
from config.model import BadgeSettings, DeviceConfig, PrinterSettings, ScannerSettings, ThemeSettings
from config.palette import unreadable
from config.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.toml import Path

# What a message repeats of a value that is not understood.
_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


def parse(document: str, file: str = "the configuration") -> DeviceConfig:
    """Return the configuration that `document` (TOML) spells; `file` is its name for people.

    Raises:
        ConfigError: it is not TOML, or some keys are unknown, missing or out of range: all are listed.
    """
    return compose([Layer(file, document)])


def compose(layers: Sequence[Layer]) -> DeviceConfig:
    """Return what `layers` say together, the later ones over the earlier ones.

    Raises:
        ConfigError: as `parse`; each problem names the layer that says it, and the line.
    """
    return from_merged(merge(layers))


def from_merged(merged: Merged) -> DeviceConfig:
    """Return what layers that were merged say.

    Raises:
        ConfigError: as `compose`.
    """
    problems = _problems(merged, merged.table, DeviceConfig, ())
    if not any(problem.path.split(".")[0] == "theme" for problem in problems):
        problems += _unreadable(merged)
    if "printer" in merged.table and not any(problem.path.split(".")[0] == "printer" for problem in problems):
        problems += _unreachable(merged)
    if "scanner" in merged.table and not any(problem.path.split(".")[0] == "scanner" for problem in problems):
        problems += _unfindable(merged)
    problems += _unclear(merged, {problem.path.split(".")[0] for problem in problems})
    if not any(problem.path.split(".")[0] == "badges" for problem in problems):
        problems += _no_keys(merged)
    if problems:
        raise ConfigError(tuple(problems))
    return msgspec.convert(merged.table, DeviceConfig, dec_hook=_path)


def _unreadable(merged: Merged) -> Iterator[Problem]:
    """Say what cannot be read of a theme whose values are understood."""
    theme = msgspec.convert(merged.table.get("theme", {}), ThemeSettings, dec_hook=_path)
    for key, reason in unreadable(theme):
        yield _problem(merged, ("theme", key), reason)


def _unreachable(merged: Merged) -> Iterator[Problem]:
    """Say if it is not clear how a printer is plugged in."""
    printer = msgspec.convert(merged.table["printer"], PrinterSettings, dec_hook=_path)
    if [bool(printer.host), bool(printer.device), bool(printer.queue)].count(True) != 1:
        yield _problem(merged, ("printer",), "say one of `host`, `device` and `queue`: how it is plugged in")
    elif printer.baud and not printer.device:
        yield _problem(merged, ("printer", "baud"), "it goes with `device`, not with `host`")


def _unfindable(merged: Merged) -> Iterator[Problem]:
    """Say if it is not clear where a scanner is."""
    scanner = msgspec.convert(merged.table["scanner"], ScannerSettings, dec_hook=_path)
    if bool(scanner.port) == bool(scanner.usb):
        yield _problem(merged, ("scanner",), "say either `port` or `usb`: where it is found")
    if scanner.keyboard and scanner.make != "other":
        yield _problem(merged, ("scanner", "make"), "a scanner that types like a keyboard cannot be told anything")
    if scanner.triggered and (scanner.keyboard or scanner.make == "other"):
        yield _problem(merged, ("scanner", "triggered"), "it goes with a `make` that can be told to read")
    # Manuals of scanners call the CR behind a code its suffix; said so here, no code would ever be one.
    ends = {"line": "\r\n", "stx": "\x02\x03", "idle": ""}[scanner.ending]
    for key in ("prefix", "suffix"):
        if set(getattr(scanner, key)) & set(ends):
            yield _problem(merged, ("scanner", key), "what ends a code is said by `ending`, not here")


def _unclear(merged: Merged, wrong: set[str]) -> Iterator[Problem]:
    """Say what the tables of what is around the screen do not say together, but for those wrong already."""
    for name, model in around.TABLES.items():
        if name in merged.table and name not in wrong:
            for key, reason in msgspec.convert(merged.table[name], model, dec_hook=_path).unclear():
                yield _problem(merged, (name, key) if key else (name,), reason)


def _no_keys(merged: Merged) -> Iterator[Problem]:
    """Say which badges have no key that could prove them."""
    badges = msgspec.convert(merged.table.get("badges", []), tuple[BadgeSettings, ...])
    for place, badge in enumerate(badges):
        try:
            key = load_der_public_key(base64.b64decode(badge.key, validate=True))
            # Of P-256, or no reader could be made: the kiosk would not start.
            known = isinstance(key, Ed25519PublicKey) or (
                isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
            )
        except (ValueError, UnsupportedAlgorithm):
            known = False
        if not known:
            yield _problem(merged, ("badges", str(place), "key"), "no public key of Ed25519 or P-256")


def _problems(merged: Merged, table: dict[str, Any], model: type[Setting], above: Path) -> list[Problem]:
    """List what is wrong in one table, and in the tables under it."""
    fields = {field.name: field for field in msgspec.structs.fields(model)}
    found = [
        _problem(merged, (*above, key), f"unknown key; known here: {', '.join(fields)}")
        for key in sorted(table.keys() - fields.keys())
    ]
    for name, field in fields.items():
        path = (*above, name)
        nested = _setting(field.type)
        if name not in table:
            if field.required:
                found.append(_problem(merged, path, "missing"))
        elif nested and isinstance(table[name], dict):
            found.extend(_problems(merged, table[name], nested, path))
        elif (each := _settings(field.type)) and _is_tables(table[name]):
            for place, entry in enumerate(table[name]):
                found.extend(_problems(merged, entry, each, (*path, str(place))))
            found.extend(_length_problems(merged, table[name], field.type, path))
        else:
            try:
                msgspec.convert(table[name], field.type, dec_hook=_path)
            except msgspec.ValidationError as error:
                found.append(_problem(merged, path, f"{str(error).lower()}, not {_short.repr(table[name])}"))
    return found


def _problem(merged: Merged, path: Path, reason: str) -> Problem:
    return Problem(".".join(path), reason, merged.place(path))


def _setting(annotation: object) -> type[Setting] | None:
    """Return the table's type that an annotation holds, if it holds one."""
    union = get_origin(annotation) in {Union, types.UnionType}
    candidates = get_args(annotation) if union else (annotation,)
    for candidate in candidates:
        if isinstance(candidate, type) and issubclass(candidate, Setting):
            return candidate
    return None


def _settings(annotation: object) -> type[Setting] | None:
    """Return the type of the tables of which an annotation holds a list, if it does."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return _setting(get_args(annotation)[0]) if get_origin(annotation) is tuple else None


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _length_problems(merged: Merged, tables: list[object], annotation: object, path: Path) -> Iterator[Problem]:
    """Say if a list of tables is too long; what is in them is said of each."""
    most = next(meta.max_length for meta in get_args(annotation)[1:] if meta.max_length is not None)
    if len(tables) > most:
        yield _problem(merged, path, f"{len(tables)} of them, and there is room for {most}")


def _path(model: type, value: object) -> object:
    """Turn a string into a path where the model asks for one."""
    if issubclass(model, PurePath) and isinstance(value, str) and value and "\0" not in value:
        return model(value)
    raise ValueError("expected a path")

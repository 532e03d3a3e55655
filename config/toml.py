"""TOML documents: read whole, and asked where they say what. No I/O.

No TOML reader for Python tells lines, so a key is looked for in the beginnings of the document: those which are TOML by
themselves end between two statements, and the first of them that holds the key ends with the statement that says it.
"""

from __future__ import annotations

import tomllib
from typing import Any

from config.fault import ConfigError, Place, Problem

Path = tuple[str, ...]
# Larger than any device needs, and small enough to be looked through.
MAX_BYTES = 256_000
# No setting lies below more than three.
MAX_DEPTH = 16
# A document may say of which form it is: `form = 1`.
FORM = "form"
NEWEST_FORM = 1


def read(document: str, file: str) -> dict[str, Any]:
    """Return the table that `document` (TOML) spells; `file` is its name for people.

    Raises:
        ConfigError: it is no TOML, or is larger than `MAX_BYTES`.
    """
    if len(document) > MAX_BYTES:
        raise ConfigError((Problem("", f"{file}: longer than {MAX_BYTES} characters"),))
    try:
        table = tomllib.loads(document)
    except RecursionError as error:
        raise ConfigError((Problem("", f"{file}: not TOML: nested too deep"),)) from error
    except ValueError as error:  # a number of 5,000 digits is no TOMLDecodeError
        raise ConfigError((Problem("", f"{file}: not TOML: {error}"),)) from error
    if _is_deeper(table, MAX_DEPTH):  # [a.a.a…]: good TOML, and too much for whoever walks it
        raise ConfigError((Problem("", f"{file}: nested deeper than {MAX_DEPTH} tables"),))
    return _of_today(table, file)


def _of_today(table: dict[str, Any], file: str) -> dict[str, Any]:
    """Return a document without the number of its form.

    Form 1 is the first and, so far, the only one. A later one changes what a key means, so that nothing of it may be
    guessed at; a form that needs a step to today's gets it here, by its number.
    """
    form = table.get(FORM, NEWEST_FORM)
    if isinstance(form, bool) or not isinstance(form, int) or form < 1:
        raise ConfigError((Problem(FORM, f"{file}: the number of a form, from 1, not {form!r:.40}"),))
    if form > NEWEST_FORM:
        sentence = f"{file}: form {form}, and this version of guichet reads forms up to {NEWEST_FORM}: update it first"
        raise ConfigError((Problem(FORM, sentence),))
    return {key: value for key, value in table.items() if key != FORM}


def _is_deeper(table: dict[str, Any], depth: int) -> bool:
    level: list[object] = [table]
    for _ in range(depth + 1):
        if not level:
            return False
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
        ]
    return bool(level)


def place_of(document: str, file: str, path: Path) -> Place | None:
    """Return where `document`, which is good TOML, says `path`, or the part of it that it says; None if nothing."""
    lines = document.splitlines(keepends=True)
    while path and not holds(tomllib.loads(document), path):
        path = path[:-1]
    if not path:
        return None
    below, above = 0, len(lines)
    while above - below > 1:
        middle = (below + above) // 2
        end, table = _beginning(lines, middle, above)
        if table is None or holds(table, path):
            above = middle
        else:
            below = end
    return Place(file, _first_statement(lines, below, path))


def _beginning(lines: list[str], at_least: int, less_than: int) -> tuple[int, dict[str, Any] | None]:
    """Return the shortest beginning of at least so many lines that is TOML by itself."""
    for end in range(at_least, less_than):
        try:
            return end, tomllib.loads("".join(lines[:end]))
        except ValueError:
            continue
    return less_than, None


def _first_statement(lines: list[str], before: int, path: Path) -> int:
    """Return the line of the statement that says `path`: the first after the longest beginning that does not."""
    last = before
    for end in range(before, len(lines) + 1):
        try:
            table = tomllib.loads("".join(lines[:end]))
        except ValueError:
            continue
        if holds(table, path):
            return last + 1
        last = end
    return last


def holds(table: object, path: Path) -> bool:
    """Return whether a table says `path`; a number in it is a place in a list."""
    for key in path:
        if isinstance(table, dict) and key in table:
            table = table[key]
        elif isinstance(table, list) and key.isdecimal() and int(key) < len(table):
            table = table[int(key)]
        else:
            return False
    return True

"""The model told to people and to editors: every setting with its unit, limits and default. No I/O.

`docs/configuration.md` and `docs/configuration.schema.json` are made from it: `guichet config reference`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from config.model import DeviceConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_LINE_END = r"(?!\n)"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_INTRODUCTION = """\
# Configuration

Made from `config/model.py` by `guichet config reference > docs/configuration.md`. A device reads TOML, in layers: each
goes over those before it, table by table and key by key; a list is replaced whole. Every key that is not named here is
refused.

The first layer is the device's own `site.toml`; over it come what is pushed for the fleet, the device's group and the
device. `device`, `hub`, the broker's certificates, where devices are plugged in and wired, and how loud an output can
be are the site's alone: a push that says them is refused. A push names content (`content.pack`), letters
(`theme.font`) and whose papers are believed (`papers.certificates`) by a file of its own, without a folder.

A document may say `form = 1`, the only form so far. One of a later form is refused in one sentence: update the device
before it is pushed.

`guichet config check fleet.toml bus.toml kiosk-12.toml` lists all that is wrong, with file and line; `guichet config
show` tells which value came from where. Editors complete and check with
[configuration.schema.json](configuration.schema.json).
"""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a whole configuration."""
    return {"$schema": _DIALECT, **msgspec.json.schema(DeviceConfig, schema_hook=_as_path)}


def reference() -> str:
    """Return the page that names every setting, in Markdown."""
    described = schema()
    tables = described["$defs"]
    top = tables[DeviceConfig.__name__]
    pages = [_INTRODUCTION]
    for name, table in top["properties"].items():
        kind = _named(table)
        needed = "" if name in top["required"] else " (may be left out)"
        title = f"[[{name}]]" if table.get("type") == "array" else f"[{name}]"
        pages.append(f"\n## `{title}`{needed}\n\n{tables[kind]['description']}\n\n{''.join(_rows(tables[kind]))}")
    return "".join(pages)


def _rows(table: dict[str, Any]) -> Iterator[str]:
    yield "| key | what it is | what may stand there | default |\n|---|---|---|---|\n"
    required = table.get("required", ())
    for key, field in table["properties"].items():
        default = "**needed**" if key in required else _default(field["default"])
        yield f"| `{key}` | {field['description']} | {_what(field)} | {default} |\n"


def _default(value: object) -> str:
    return "nothing" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`"


def _what(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " or ".join(f"`{json.dumps(value)}`" for value in field["enum"])
    if "anyOf" in field:
        return _what(field["anyOf"][0])
    if field["type"] == "array":
        return f"a list of: {_what(field['items'])}"
    kinds = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    bounds = [
        f"{word} {field[key]:,}"
        for key, word in (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"))
        if key in field
    ]
    # In Python `$` matches before a line's end, too; to a reader it is the end.
    shape = f", `{field['pattern'].removesuffix(_NO_LINE_END)}`" if "pattern" in field else ""
    path = "path" if field.get("format") == "path" else kinds[field["type"]]
    return f"{path}{shape}{', ' if bounds else ''}{' '.join(bounds)}"


def _named(table: dict[str, Any]) -> str:
    """Return the name of the table's type, in whichever way the schema refers to it."""
    references = [table, table.get("items", {}), *table.get("anyOf", ()), *table.get("allOf", ())]
    name: str = next(each["$ref"] for each in references if "$ref" in each)
    return name.rsplit("/", 1)[1]


def _as_path(_model: type) -> dict[str, str]:
    return {"type": "string", "format": "path"}

"""The page and the schema made from the model."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

from config.model import DeviceConfig
from config.reference import reference, schema

DOCS = Path(__file__).parents[2] / "docs"


def test_the_published_page_is_the_models_own():
    assert (DOCS / "configuration.md").read_text(encoding="utf-8") == reference()


def test_the_published_schema_is_the_models_own():
    assert json.loads((DOCS / "configuration.schema.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(schema())
    )


@pytest.mark.parametrize("table", msgspec.structs.fields(DeviceConfig), ids=lambda field: field.name)
def test_every_table_is_on_the_page_with_every_key(table):
    section = re.split(rf"## `\[+{table.name}\]+`", reference())[1].split("\n## ")[0]
    definition = schema()["$defs"]
    settings = next(value for value in definition.values() if value["description"] in section)
    assert all(f"| `{key}` |" in section for key in settings["properties"])

"""What a change in ten of all the sheets carries to a device that has the rest: `make test-content` runs it."""

from __future__ import annotations

import dataclasses
import random

import pytest
from msgspec.structs import replace

from catalogue import pack_stream
from catalogue.pack_content import Stems, pack_stems, unpack_stems
from catalogue.pack_format import pack_body, unpack_body
from fleet.content.build import build
from fleet.content.sources import count, documents
from tests.content.test_full_pack import ARCHIVE
from tests.fleet.supplied import Device
from tests.fleet.workshop import Workshop

pytestmark = [pytest.mark.content, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp("full") / "all.sheets"
    build(documents(ARCHIVE), count(ARCHIVE), path, lambda: None)
    return pack_stream.decode(path.read_bytes())


def edited(sheet, words):
    """Return a sheet as an editor leaves it: another date, a new amount, and a sentence more for search."""
    body = unpack_body(sheet.body)
    body = replace(body, updated="2020-12-01", description=f"{body.description} Le montant est de 1 234 €. {words}")
    stems = unpack_stems(sheet.page.stems)
    page = replace(sheet.page, stems=pack_stems(Stems(stems.title, stems.path, stems.description, stems.text + words)))
    return replace(sheet, updated="2020-12-01", body=pack_body(body), page=page)


def changed(content, seed):
    """Edit eight sheets, add one, take one away; one of the eight becomes a sheet that many recommend."""
    chance = random.Random(seed)  # noqa: S311  (an example to repeat, no secrets)
    sheets = list(content.sheets)
    ten = chance.sample([n for n, sheet in enumerate(sheets) if sheet.page and sheet.audience == "particuliers"], 10)
    words = sorted(content.words)
    for place in ten[:8]:
        sheets[place] = edited(sheets[place], " ".join(chance.sample(words, 40)))
    gone, model = sheets[ten[8]], sheets[ten[9]]
    new = replace(edited(model, " ".join(chance.sample(words, 200))), id="F99999")
    sheets.insert(sheets.index(model) + 1, new)
    sheets.remove(gone)
    weights = content.weights | {"F99999": 0.1, sheets[ten[0]].id: 0.5}
    return dataclasses.replace(
        content, sheets=tuple(sheets), weights=weights, meta=content.meta | {"newest": "2020-12-01"}
    )


def push(hub, content):
    stream = pack_stream.encode(content)
    hub.push({"fleet.toml": b'[content]\npack = "all.pack"\n', "content/all.sheets": stream})
    return len(stream)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ten_sheets_carry_less_than_two_percent(content, tmp_path, seed):
    hub = Workshop(tmp_path / "hub").establish()
    device = Device(tmp_path / "device", hub.root())
    push(hub, content)
    device.hear(hub)
    device.work(hub)
    first_bytes = device.carried_bytes
    length_bytes = push(hub, changed(content, seed))
    device.hear(hub)
    device.work(hub)
    device.supply.close()
    share = (device.carried_bytes - first_bytes) / length_bytes
    print(f"ten sheets: {device.carried_bytes - first_bytes} of {length_bytes} bytes, {share:.2%}")  # noqa: T201  (a figure to show)
    assert device.has(hub)
    assert share < 0.02

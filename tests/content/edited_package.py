"""The real package of sheets as its stream, and again after a week's editing: ten sheets edited, new or gone."""

from __future__ import annotations

import json
import random

from fleet.content.build import build
from fleet.content.sources import Document, documents

_PROSE = {"Introduction", "Texte", "ListeSituations"}
_LONG = 60
_EDITED, _SEED = 8, 11


def old_and_new(archive, folder):
    """Return the stream of the package, and that after eight edits, one sheet more and one less."""
    found = {document.name: document for document in documents(archive)}
    return _stream(found, folder / "old.sheets"), _stream(_edited(found), folder / "new.sheets")


def _stream(found, path):
    build(found.values(), len(found), path, lambda: None)
    return path.read_bytes()


def _edited(found):
    chance = random.Random(_SEED)  # noqa: S311  (the same week each time)
    citizens = sorted(name for name in found if "/particuliers/F" in name)
    prose = {name: texts for name in citizens if len(texts := _texts(json.loads(found[name].content))) >= 3}
    *edited, template, gone = chance.sample(sorted(prose), _EDITED + 2)
    new = {name: document for name, document in found.items() if name != gone}
    for number, name in enumerate(edited):
        sheet = json.loads(found[name].content)
        text = chance.choice(_texts(sheet))
        text["text"] = f"{text['text'][:30]} à compter du 1er janvier, le montant est de 1 234 € {text['text'][40:]}"
        if number == 0:  # one grows by 2 kB
            added = " ".join(text["text"] for other in chance.sample(sorted(prose), 6) for text in prose[other])
            text["text"] += added[:2000]
        for child in sheet["children"][0]["children"]:
            if child.get("name") == "dc:date":
                child["children"][0]["text"] = "modified 2020-12-01"
        new[name] = _document(name, sheet)
    # The new one says half of what another says, in another order, under a number that is free.
    old_id = template.rpartition("/")[2].removesuffix(".json")
    new_id = next(f"F{number}" for number in range(int(old_id[1:]), 10**6) if not _has(found, f"F{number}"))
    sheet = json.loads(found[template].content.replace(old_id.encode(), new_id.encode()))
    for text in _texts(sheet)[::2]:
        words = text["text"].split()
        text["text"] = " ".join(chance.sample(words, len(words)))
    name = template.replace(old_id, new_id)
    return new | {name: _document(name, sheet)}


def _document(name, sheet):
    return Document(name, json.dumps(sheet, ensure_ascii=False).encode())


def _has(found, sheet_id):
    return any(name.endswith(f"/{sheet_id}.json") for name in found)


def _texts(sheet):
    """Return the longer texts of a sheet's prose, to be changed in place."""
    parts = [part for part in sheet["children"][0]["children"] if part.get("name") in _PROSE]
    return [text for part in parts for text in _within(part) if len(text["text"]) > _LONG]


def _within(node):
    if node.get("type") == "text":
        yield node
    for child in node.get("children", ()):
        yield from _within(child)

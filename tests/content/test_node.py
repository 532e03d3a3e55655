"""One tree from JSON and from XML."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.content.node import Node, UnreadableError, from_json, from_xml

NAMES = ["F14128", "F16225", "F16507", "F33362", "F265", "F2882", "N31477", "F20706", "F33667", "F1420"]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_sheet_is_the_same_tree_in_both_forms(name, shipped, data):
    read_json = from_json((shipped / f"{name}.json").read_bytes())
    read_xml = from_xml((data / f"xml-3.3/{name}.xml").read_bytes())
    # The declarations of name spaces are attributes in the JSON only.
    declared = {key: value for key, value in read_json.attributes.items() if not key.startswith("xmlns:")}
    assert Node(read_json.name, declared, read_json.children) == read_xml


@pytest.mark.parametrize(
    "document",
    [b"", b"<Publication><dc:title>", b"<a>&b;</a>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"\xff\xfe"],
)
def test_xml_that_is_broken_or_declares_entities_is_refused(document):
    with pytest.raises(UnreadableError, match="no well-formed XML"):
        from_xml(document)


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b'{"children": []}', b'{"children": [{"type": "text", "text": "a"}]}', b'{"id": 1}', b"\xff"],
)
def test_json_that_is_no_sheet_is_refused(document):
    with pytest.raises(UnreadableError, match="no sheet in JSON"):
        from_json(document)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(document):
    for parse in (from_json, from_xml):
        with suppress(UnreadableError):
            parse(document)

"""Whatever happens to a document, it is read or set aside with a reason; nothing else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.pack_format import unpack_body
from fleet.content.reading import ReadSheet, SetAside, read
from fleet.content.sources import Document

ROOT = Path(__file__).parents[2]
XML = (ROOT / "tests/content/data/xml-3.4/F265.xml").read_bytes()
JSON = (ROOT / "demo/content/sheets/particuliers/F265.json").read_bytes()


def read_or_set_aside(name, content):
    outcome = read(Document(name, content))
    assert isinstance(outcome, ReadSheet) or (isinstance(outcome, SetAside) and outcome.reason)
    return outcome


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from([("F265.xml", XML), ("F265.json", JSON)]))
def test_a_document_with_a_piece_missing_is_read_or_set_aside(data, document):
    name, content = document
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 400)))
    read_or_set_aside(name, content[:start] + content[end:])


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["F1.xml", "F1.json"]), st.binary(max_size=300))
def test_any_bytes_are_set_aside(name, content):
    assert isinstance(read_or_set_aside(name, content), SetAside)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("F1.xml", b"<a>" * 100_000),
        ("F1.xml", b"<Publication ID='F1'>" + b"<Texte>" * 5_000 + b"</Texte>" * 5_000 + b"</Publication>"),
        ("F1.json", b'{"children":[' * 100_000),
        ("F1.json", b"[" * 1_000_000),
    ],
)
def test_documents_nested_without_end_are_set_aside(name, content):
    assert isinstance(read_or_set_aside(name, content), SetAside)


@pytest.mark.parametrize("depth", [50, 200, 400, 900])
def test_chapters_within_chapters_are_read_or_set_aside_at_any_depth(depth):
    chapters = "<Texte>" + "<Chapitre><Titre>A</Titre>" * depth + "</Chapitre>" * depth + "</Texte>"
    title = '<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Titre</dc:title>'
    outcome = read_or_set_aside("F1.xml", f"<Publication ID='F1'>{title}{chapters}</Publication>".encode())
    if isinstance(outcome, ReadSheet):
        assert unpack_body(outcome.body).title == "Titre"


def test_a_document_cut_short_says_so():
    assert "no well-formed XML" in read_or_set_aside("F265.xml", XML[:2000]).reason
    assert "truncated" in read_or_set_aside("F265.json", JSON[:2000]).reason

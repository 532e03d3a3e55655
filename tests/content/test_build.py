"""Packs: the same bytes for the same sheets, and every document accounted for."""

import json
import re
import zipfile

import msgspec
import pytest

from catalogue.pack import Pack
from fleet.content.build import build
from fleet.content.sources import Document, SourceError, count, documents

FIRST = b'{"children": [{"type": "element", "name": "Publication", "attributes": {"ID": "F1"}, "children": ['


def made(source, path):
    return build(documents(source), count(source), path, lambda: None)


def test_the_same_sheets_give_the_same_bytes(shipped, tmp_path):
    for name in ("one", "two"):
        made(shipped, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_order_of_documents_changes_nothing(shipped, tmp_path):
    found = list(documents(shipped))
    build(found, len(found), tmp_path / "one", lambda: None)
    build(reversed(found), len(found), tmp_path / "two", lambda: None)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_several_processes_give_the_same_bytes_as_one(shipped, tmp_path):
    found = list(documents(shipped))
    build(found, len(found), tmp_path / "one", lambda: None)
    build(found, 10_000, tmp_path / "many", lambda: None)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "many").read_bytes()


def test_xml_and_json_of_the_same_sheets_give_the_same_pack(shipped, data, tmp_path):
    names = {path.stem for path in (data / "xml-3.3").iterdir()}
    as_json = [document for document in documents(shipped) if document.name.removesuffix(".json") in names]
    build(as_json, len(as_json), tmp_path / "json", lambda: None)
    made(data / "xml-3.3", tmp_path / "xml")
    assert len(as_json) == 10
    assert (tmp_path / "json").read_bytes() == (tmp_path / "xml").read_bytes()


def test_the_newer_schema_and_site_differ_in_dates_and_addresses_only(data, tmp_path):
    made(data / "xml-3.3", tmp_path / "old")
    made(data / "xml-3.4", tmp_path / "new")
    with Pack.open(tmp_path / "old") as old, Pack.open(tmp_path / "new") as new:
        for path in (data / "xml-3.4").iterdir():
            before, after = old.sheet(path.stem), new.sheet(path.stem)
            assert after.updated == "2026-01-23"
            assert after.url == before.url.replace("service-public.fr", "service-public.gouv.fr")
            there = msgspec.json.encode(msgspec.structs.replace(after, updated=before.updated)).decode()
            assert there.replace("service-public.gouv.fr", "service-public.fr") == re.sub(
                r"service-public\.gouv\.fr", "service-public.fr", msgspec.json.encode(before).decode()
            )


def test_a_zip_is_read_and_what_is_no_sheet_in_it_is_told_apart(data, tmp_path):
    source = tmp_path / "vosdroits.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.write(data / "xml-3.4/F265.xml", "F265.xml")
        archive.writestr("arborescence.xml", "<Arborescence/>")
        archive.writestr("F1.xml", "<Publication ID='F1'><dc:ti")
        archive.writestr("Schemas/Publication.xsd", "<xs:schema/>")
    report = made(source, tmp_path / "pack")
    assert {line.document: line.outcome for line in report.lines} == {
        "F1.xml": "set aside",
        "F265.xml": "searchable",
        "arborescence.xml": "no sheet",
    }
    assert [sentence.split(":")[0] for sentence in report.not_used()] == ["F1.xml was set aside"]


def test_a_sheet_met_twice_is_used_once_and_named(shipped, tmp_path):
    found = [Document(name, (shipped / "F265.json").read_bytes()) for name in ("a.json", "b.json")]
    report = build(found, 2, tmp_path / "pack", lambda: None)
    assert report.used == 1
    assert list(report.not_used()) == [
        "b.json was set aside: the sheet F265 (particuliers) was already read from a.json",
    ]


def test_a_member_of_a_zip_that_is_damaged_costs_only_itself(shipped, tmp_path):
    source = tmp_path / "z.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.write(shipped / "F265.json", "F265.json")
        archive.write(shipped / "F1420.json", "F1420.json")
    content = bytearray(source.read_bytes())
    content[500] ^= 0xFF
    source.write_bytes(content)
    report = made(source, tmp_path / "pack")
    assert sorted(line.outcome for line in report.lines) == ["searchable", "set aside"]


@pytest.mark.parametrize(("name", "content"), [("bad.zip", b"no zip"), ("bad.tgz", b"no tar"), ("notes.txt", b"text")])
def test_a_source_which_is_not_what_it_says_is_refused(name, content, tmp_path):
    source = tmp_path / name
    source.write_bytes(content)
    with pytest.raises(SourceError, match=name):
        list(documents(source))


def test_nothing_is_written_where_nothing_could_be_read(tmp_path):
    report = build([Document("F1.json", FIRST)], 1, tmp_path / "pack", lambda: None)
    assert report.used == 0
    assert not (tmp_path / "pack").exists()


def test_the_report_counts_every_document(shipped, tmp_path):
    report = json.loads(made(shipped, tmp_path / "pack").as_json())
    assert (report["documents"], report["searchable"], report["set_aside"]) == (64, 64, 0)
    assert len(report["lines"]) == 64

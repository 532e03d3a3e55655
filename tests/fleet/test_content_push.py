"""What `push content` takes, what it says of it, and what it refuses before anybody signs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from catalogue import pack_stream
from fleet.content.build import build
from fleet.content.sources import documents
from fleet.publication.content import changes, travelling
from fleet.publication.fault import PathRefusedError, ProposalError
from tests.fleet.workshop import Workshop

SHEETS = Path(__file__).parents[2] / "demo/content/sheets/particuliers"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    return Workshop(tmp_path_factory.mktemp("hub")).establish()


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp("stream") / "all.sheets"
    found = [document for name in ("F14128", "F265", "F1342") for document in documents(SHEETS / f"{name}.json")]
    build(found, len(found), path, lambda: None)
    return pack_stream.decode(path.read_bytes())


def ready(folder, content, name="all.sheets"):
    path = folder / name
    path.write_bytes(pack_stream.encode(content))
    return path


def test_a_stream_that_is_ready_is_signed_as_it_is(tmp_path, content):
    stream = ready(tmp_path, content)
    assert travelling([stream], tmp_path) == {"content/all.sheets": stream}


def test_a_font_is_signed_as_it_is(tmp_path):
    (tmp_path / "title.ttf").write_bytes(b"font")
    assert travelling([tmp_path / "title.ttf"], tmp_path) == {"content/title.ttf": tmp_path / "title.ttf"}


def test_what_is_no_stream_is_not_pushed_as_one(tmp_path):
    (tmp_path / "all.sheets").write_bytes(b"no sheets")
    with pytest.raises(ProposalError, match=r"all.sheets' cannot be pushed: it is no stream of sheets"):
        travelling([tmp_path / "all.sheets"], tmp_path)


def test_a_stream_of_which_a_device_could_not_read_a_sheet_is_not_pushed(tmp_path, content):
    first, *others = content.sheets
    odd = msgspec.structs.replace(first, body=others[0].body[:-9] + bytes(9))
    with pytest.raises(ProposalError, match="damaged in the sheet"):
        travelling([ready(tmp_path, replace(content, sheets=(odd, *others)))], tmp_path)


def test_a_stream_of_which_a_device_could_not_read_the_first_screen_is_not_pushed(tmp_path, content):
    with pytest.raises(ProposalError, match="damaged in its front page"):
        travelling([ready(tmp_path, replace(content, front_page="{"))], tmp_path)


def test_two_files_of_one_name_are_not_pushed_together(tmp_path, content):
    for folder in ("a", "b", "scratch"):
        (tmp_path / folder).mkdir()
    with pytest.raises(PathRefusedError, match=r"two files would travel as 'all\.sheets'"):
        travelling([ready(tmp_path / folder, content) for folder in "ab"], tmp_path / "scratch")


def test_a_push_says_what_becomes_of_the_sheets(tmp_path, hub, content):
    def said(content):
        return list(changes(hub.repository, {"content/all.sheets": ready(tmp_path, content)}))

    assert said(content) == ["content/all.sheets: 3 sheets, 3 new, 0 changed, 0 gone"]
    hub.push({"content/all.sheets": pack_stream.encode(content)})
    one, two, _ = content.sheets
    edited = msgspec.structs.replace(one, title="Another title")
    assert said(replace(content, sheets=(edited, two))) == ["content/all.sheets: 2 sheets, 0 new, 1 changed, 1 gone"]


def test_a_stream_in_force_that_cannot_be_read_is_nothing_to_compare_with(tmp_path, hub, content):
    hub.push({"content/other.sheets": b"guichet sheets 0\n"})
    stream = ready(tmp_path, content, "other.sheets")
    assert list(changes(hub.repository, {"content/other.sheets": stream})) == [
        "content/other.sheets: 3 sheets, 3 new, 0 changed, 0 gone"
    ]

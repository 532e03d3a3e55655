"""`guichet-hub content build` where it cannot read or write: one sentence, and what it says is true."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalogue.pack import Pack
from fleet.commands.content import app

NOBODY = 65534


def built(*words):
    return CliRunner().invoke(app, ["build", *map(str, words)])


@pytest.mark.parametrize("place", [".", "/", "", "..", "/dev/null"])
def test_a_pack_cannot_stand_where_no_file_can(place, shipped):
    ended = built(shipped / "F265.json", "-o", place)
    assert (ended.exit_code, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert f"{str(Path(place))!r} cannot be written" in ended.stderr
    assert Path("/dev/null").is_char_device()


def test_a_folder_in_the_place_of_the_pack_is_named(shipped, tmp_path):
    (tmp_path / "folder").mkdir()
    ended = built(shipped / "F265.json", "-o", tmp_path / "folder")
    assert ended.exit_code == 2
    assert f"{str(tmp_path / 'folder')!r} cannot be written" in ended.stderr


def test_a_name_as_long_as_a_name_may_be_is_written(shipped, tmp_path):
    assert built(shipped / "F265.json", "-o", tmp_path / ("n" * 255)).exit_code == 0


def test_a_name_too_long_is_named_as_it_was_given(shipped, tmp_path):
    ended = built(shipped / "F265.json", "-o", tmp_path / ("n" * 256))
    assert (ended.exit_code, ended.stderr.count("\n")) == (2, 1)
    assert "unfinished" not in ended.stderr


def test_a_report_that_cannot_be_written_is_refused_before_the_build(shipped, tmp_path):
    ended = built(shipped / "F265.json", "-o", tmp_path / "pack", "--report", tmp_path)
    assert (ended.exit_code, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert list(tmp_path.iterdir()) == []


def test_a_report_in_the_place_of_the_pack_is_refused(shipped, tmp_path):
    ended = built(shipped / "F265.json", "-o", tmp_path / "pack", "--report", tmp_path / "pack")
    assert ended.exit_code == 2
    assert not (tmp_path / "pack").exists()


def test_a_report_lost_after_the_build_leaves_a_pack_that_is_announced(shipped, tmp_path):
    ended = built(shipped / "F265.json", "-o", tmp_path / "pack", "--report", "/dev/full")
    assert ended.exit_code == 3
    assert "1 sheets, 1 of them searchable" in ended.stdout
    assert ended.stderr == "guichet-hub: the report '/dev/full' cannot be written: No space left on device\n"
    with Pack.open(tmp_path / "pack") as pack:
        assert pack.sheet("F265")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become nobody")
def test_what_nobody_may_read_is_named_and_the_rest_is_read(shipped, tmp_path):
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_mode & 0o777 == 0o700:  # pytest's own folders
            place.chmod(0o755)
    folder = tmp_path / "sheets"
    (folder / "closed").mkdir(parents=True)
    for name in ("F265.json", "F1420.json", "closed/F14128.json"):
        shutil.copy(shipped / Path(name).name, folder / name)
    (folder / "F1420.json").chmod(0)
    (folder / "closed").chmod(0)
    program = (
        "import os, sys; from pathlib import Path; from fleet.content.sources import documents; "
        f"os.setuid({NOBODY}); [print(d.name, d.fault) for d in documents(Path(sys.argv[1]))]"
    )
    ended = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines() == [
        f"{folder / 'closed'} the folder cannot be read: Permission denied",
        "F1420.json it cannot be read: Permission denied",
        "F265.json ",
    ]

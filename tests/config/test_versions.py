"""Versions on the disk: whole or not there, and the one in force is always one that can be read."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from config.trial import Lack, Refused, Standing, Trial
from config.versions import UnpackError, VersionError, VersionStore

FIRST = Path(__file__).parent / "data/config-of-the-first-keeper"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "config"


@pytest.fixture
def store(folder):
    return VersionStore(folder)


@pytest.fixture
def source(tmp_path):
    def write(name, content):
        path = tmp_path / "mirror" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    return write


def on_trial(version, digest, good=0):
    return Standing(
        good,
        f"digest {good}",
        Trial(
            version, digest, content=True, records=True, devices=frozenset({"printer"}), hub=True, starts={"kiosk": 2}
        ),
    )


def test_a_device_begins_as_it_was_installed(store, folder):
    assert (store.standing, (folder / "current").is_symlink()) == (Standing(), False)


def test_what_stands_is_read_again_after_a_restart(store, folder, source):
    number, digest = store.make({"fleet.toml": source("a", b"")})
    standing = Standing(number, digest, None, Refused("d2", (Lack.HUB, Lack.DEVICES), 2))
    store.note(standing)
    assert VersionStore(folder).standing == standing
    store.note(on_trial(number, digest))
    assert VersionStore(folder).standing == on_trial(number, digest)


def test_current_leads_to_what_is_in_force(store, folder, source):
    store.make({"fleet.toml": source("a", b"[structure]")})
    store.note(on_trial(1, "d1"))
    assert (folder / "current/fleet.toml").read_bytes() == b"[structure]"
    store.note(Standing())
    assert not (folder / "current").is_symlink()


def test_a_version_is_named_by_what_is_in_it(store, source):
    first, second = source("a", b"one"), source("b", b"two")
    digests = [
        store.make(files)[1]
        for files in (
            {"fleet.toml": first, "files/pack": second},
            {"files/pack": second, "fleet.toml": first},
            {"fleet.toml": second, "files/pack": first},
        )
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_large_file_is_linked_and_not_copied(store, source):
    pack = source("pack", bytes(5_000_000))
    number, _ = store.make({"files/pack": pack})
    assert (store.path(number) / "files/pack").stat().st_ino == pack.stat().st_ino


@pytest.mark.parametrize("harm", ["changed", "cut", "gone", "no note", "garbage note"])
def test_a_version_that_is_not_as_it_was_made_is_seen(store, source, harm):
    number, digest = store.make({"fleet.toml": source("a", b"[structure]\nname = 'A'\n")})
    assert store.check(number).digest == digest
    path, note = store.path(number) / "fleet.toml", store.path(number) / "version.json"
    match harm:
        case "changed":
            path.write_bytes(b"[structure]\nname = 'B'\n")
        case "cut":
            path.write_bytes(b"[structure]\n")
        case "gone":
            path.unlink()
        case "no note":
            note.unlink()
        case "garbage note":
            note.write_bytes(b"\xff")
    with pytest.raises(VersionError, match=f"version {number}"):
        store.check(number)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"standing": "{}", "crc": 1}', b"\xff" * 100])
def test_a_damaged_standing_takes_what_is_in_force_for_good(store, folder, source, content):
    for name in ("a", "b"):
        number, digest = store.make({"fleet.toml": source(name, name.encode())})
        store.note(Standing(number, digest))
    (folder / "standing.json").write_bytes(content)
    assert VersionStore(folder).standing == Standing(number, digest, newest=number)
    store.path(number).joinpath("fleet.toml").write_bytes(b"changed")
    assert VersionStore(folder).standing.good == number - 1


def test_only_what_is_good_or_on_trial_is_kept(store, source):
    for name in "abcd":
        store.make({"fleet.toml": source(name, name.encode())})
    store.note(Standing(2, "d2", Trial(4, "d4", content=True, records=True, devices=frozenset(), hub=False)))
    store.forget_others()
    assert sorted(path.name for path in store.path(2).parent.iterdir()) == ["2", "4"]
    assert store.make({"fleet.toml": source("e", b"e")})[0] == 5


def test_a_full_disk_leaves_no_half_version(store, source, monkeypatch):
    pack, before = source("a", b"x"), store.standing
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        store.make({"fleet.toml": pack})
    monkeypatch.undo()
    assert (store.standing, store.make({"fleet.toml": pack})[0]) == (before, 1)


def shouted(stream, pack):
    """Make a pack as these tests do: in capitals."""
    if stream.read_bytes() == b"garbage":
        raise UnpackError("it is garbage")
    pack.write_bytes(stream.read_bytes().upper())


def test_a_version_holds_what_is_made_of_what_travels(folder, source):
    store = VersionStore(folder, shouted)
    number, digest = store.make({"files/x.sheets": source("a", b"sheets"), "files/font.ttf": source("f", b"font")})
    assert (store.path(number) / "files/x.pack").read_bytes() == b"SHEETS"
    assert store.check(number).digest == digest
    # Hub and device name a version by what was signed: another SQLite makes another pack.
    assert VersionStore(folder).make(
        {"files/x.sheets": source("a", b"sheets"), "files/font.ttf": source("f", b"font")}
    )[1] == (digest)


def test_a_pack_that_was_damaged_since_is_seen(folder, source):
    store = VersionStore(folder, shouted)
    number, _ = store.make({"files/x.sheets": source("a", b"sheets")})
    (store.path(number) / "files/x.pack").write_bytes(b"SHEETZ")
    with pytest.raises(VersionError, match=r"files/x\.pack of version 1"):
        store.check(number)


def test_a_pack_of_the_same_sheets_is_made_once(folder, source):
    made = []
    store = VersionStore(folder, lambda stream, pack: (made.append(pack), shouted(stream, pack)))
    for text in (b"a", b"b"):
        number, digest = store.make(
            {"fleet.toml": source(text.decode(), text), "files/x.sheets": source("s", b"sheets")}
        )
        store.note(Standing(number, digest))
    assert len(made) == 1
    assert (store.path(2) / "files/x.pack").stat().st_ino == (store.path(1) / "files/x.pack").stat().st_ino


def test_a_pack_of_other_sheets_is_made_anew(folder, source):
    store = VersionStore(folder, shouted)
    number, digest = store.make({"files/x.sheets": source("s", b"sheets")})
    store.note(Standing(number, digest))
    number, _ = store.make({"files/x.sheets": source("t", b"others")})
    assert (store.path(number) / "files/x.pack").read_bytes() == b"OTHERS"


def test_a_pack_that_the_card_has_damaged_is_made_again(folder, source):
    store = VersionStore(folder, shouted)
    number, digest = store.make({"files/x.sheets": source("s", b"sheets")})
    store.note(Standing(number, digest))
    (store.path(1) / "files/x.pack").write_bytes(b"SHEETZ")
    number, _ = store.make({"fleet.toml": source("a", b""), "files/x.sheets": source("s", b"sheets")})
    assert (store.path(number) / "files/x.pack").read_bytes() == b"SHEETS"


def test_what_cannot_be_made_is_noted_with_its_reason(folder, source):
    store = VersionStore(folder, shouted)
    number, _ = store.make({"files/x.sheets": source("a", b"garbage")})
    assert store.check(number).unmade == {"files/x.pack": "it is garbage"}
    assert not (store.path(number) / "files/x.pack").exists()


def test_a_full_disk_while_a_pack_is_made_leaves_no_half_version(folder, source):
    def full(_, pack):
        raise OSError(28, "No space left on device", str(pack))

    store = VersionStore(folder, full)
    with pytest.raises(OSError, match="No space"):
        store.make({"files/x.sheets": source("a", b"sheets")})
    assert list((folder / "versions").iterdir()) == []
    assert VersionStore(folder, shouted).make({"files/x.sheets": source("a", b"sheets")})[0] == 1


def test_a_pack_is_not_begun_where_it_would_fill_the_disk(folder, source, monkeypatch):
    made = []
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 77, 23))
    store = VersionStore(folder, lambda stream, pack: (made.append(pack), shouted(stream, pack)))
    with pytest.raises(OSError, match="No space"):
        store.make({"files/x.sheets": source("a", b"sheets")})
    assert (made, list((folder / "versions").iterdir())) == ([], [])


def test_a_version_that_was_noted_before_packs_were_made_is_read(store, source):
    number, digest = store.make({"fleet.toml": source("a", b"x")})
    old = b'{"files":{"fleet.toml":{"length_bytes":1,"sha256":"' + hashlib.sha256(b"x").hexdigest().encode() + b'"}}}'
    (store.path(number) / "version.json").write_bytes(old)
    assert store.check(number).digest == digest


def test_what_the_first_keeper_left_is_read_by_todays(tmp_path):
    shutil.copytree(FIRST, tmp_path / "config", symlinks=True)
    store = VersionStore(tmp_path / "config", shouted)
    assert (store.standing.good, store.standing.in_force, store.standing.refused) == (1, 1, None)
    assert store.check(1).digest == store.standing.digest
    assert store.check(2).files.keys() == {"fleet.toml", "group.toml"}
    assert (tmp_path / "config/current").resolve().name == "1"

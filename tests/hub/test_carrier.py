"""The road on foot: exported by a device, imported by the hub, and the answer taken back."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from fleet.hub import carrier as stick
from fleet.hub.ingest import HubEnd
from fleet.hub.schema import rows
from sync import carrier
from sync.chain import Row
from sync.configuration import Configuration
from sync.framing import Identity
from sync.link import Heard
from sync.outbox import Batch, Outbox
from sync.outbox.tables import delete_rows, insert_lost, save_stream, stream_named
from tests.hub.test_ingest import Post, raw

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
IDENTITY = Identity("kiosk-1", KEY, HUB.public_key())
STREAM = bytes(16)


@pytest.fixture
def store(store):
    store.enrol("kiosk-1", raw(KEY))
    return store


@pytest.fixture
def outbox(tmp_path):
    box = Outbox.open(tmp_path / "outbox.db", "kiosk-1")
    sealed = [Row(seq, seq - 1, os.urandom(100)) for seq in range(1, 2_001)]
    box.append([Batch(STREAM, "kiosk.ordinary", sealed)], 64_000_000)
    yield box
    box.close()


@pytest.fixture
def place(tmp_path, outbox):
    """What the device has on the stick."""
    carrier.export(IDENTITY, outbox, tmp_path / "stick")
    return tmp_path / "stick/guichet/kiosk-1"


def carry(store, place):
    return list(stick.carry(store, HUB, place.parent.parent))


def stored_rows(store):
    with store.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(rows))


def test_what_a_device_exports_is_stored_and_its_answer_empties_the_outbox(store, place, outbox):
    [carried] = carry(store, place)
    assert (carried.device, carried.rows, carried.new_rows, carried.broken) == ("kiosk-1", 2_000, 2_000, [])
    carrier.import_stored(IDENTITY, outbox, place.parent.parent)
    assert outbox.unsent_streams() == ()


def test_what_a_device_runs_comes_by_the_stick_too(store, place, outbox):
    running = Configuration(6, "a1" * 32, "a1" * 32, False, (), (), "rural")
    carrier.export(IDENTITY, outbox, place.parent.parent, running)
    carry(store, place)
    assert [each.configuration for each in store.reports()] == [running]


def test_a_stick_that_is_read_twice_stores_nothing_twice_and_still_bears_one_answer(store, place, outbox):
    carry(store, place)
    [again] = carry(store, place)
    assert (again.rows, again.new_rows, stored_rows(store)) == (2_000, 0, 2_000)
    assert len(list(place.glob("*.stored"))) == 1
    carrier.import_stored(IDENTITY, outbox, place.parent.parent)
    assert outbox.unsent_streams() == ()


@pytest.mark.parametrize("by_mqtt", [slice(0, 2), slice(2, None), slice(None, None, 2)])
def test_frames_that_went_by_mqtt_too_are_stored_once_whichever_was_first(store, place, by_mqtt):
    hub = HubEnd(store, Post(), HUB)
    frames = sorted(place.glob("*.frame"))
    for path in frames[by_mqtt][:1]:
        hub.handle(Heard("guichet/v1/kiosk-1/up", path.read_bytes()))
    carry(store, place)
    for path in frames[by_mqtt]:
        hub.handle(Heard("guichet/v1/kiosk-1/up", path.read_bytes()))
    assert stored_rows(store) == 2_000
    assert store.tips("kiosk-1", {STREAM})[STREAM].seq == 2_000


@pytest.fixture
def damaged(outbox, tmp_path):
    """What the device has on the stick after its card has lost row 3."""
    with outbox._file.transaction() as db:
        stream = stream_named(db, STREAM)
        delete_rows(db, stream, 3, 3)
        insert_lost(db, stream.number, [(3, 3)])
        save_stream(db, replace(stream, damaged=True))
    carrier.export(IDENTITY, outbox, tmp_path / "stick")
    return tmp_path / "stick/guichet/kiosk-1"


def test_all_that_a_damaged_card_still_holds_is_stored_however_many_files_it_takes(store, damaged, monkeypatch):
    monkeypatch.setattr(stick, "_FILES_AT_ONCE", 2)
    [carried] = carry(store, damaged)
    assert (carried.rows, carried.new_rows, carried.broken) == (1_999, 1_999, [])
    assert store.tips("kiosk-1", {STREAM})[STREAM].seq == 2_000


def test_rows_that_wait_for_a_birth_are_named_file_by_file_and_go_in_with_it(store, damaged):
    birth = (damaged / "birth").read_bytes()
    (damaged / "birth").unlink()
    [carried] = carry(store, damaged)
    waiting = sorted(path.name for path in damaged.glob("*.frame"))[1:]
    assert [name for name, _ in carried.broken] == waiting
    assert all(reason.startswith("not all of its rows are stored") for _, reason in carried.broken)
    (damaged / "birth").write_bytes(birth)
    [again] = carry(store, damaged)
    assert (stored_rows(store), again.broken) == (1_999, [])


def test_no_link_on_a_stick_leads_the_hubs_writing_elsewhere(store, place, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (place / "0001.part").symlink_to(victim)
    [carried] = carry(store, place)
    assert carried.answered
    assert victim.read_text() == "precious"


def test_no_link_on_a_stick_leads_the_devices_writing_elsewhere(outbox, place, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in ("birth.part", "00000001.part"):
        (place / name).symlink_to(victim)
    (place / "birth").unlink()
    (place / "birth").symlink_to(victim)
    carrier.export(IDENTITY, outbox, tmp_path / "stick")
    assert victim.read_text() == "precious"
    assert not (place / "birth").is_symlink()


def test_a_stick_whose_folder_is_a_link_is_refused(store, place, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other/guichet").symlink_to(place.parent)
    with pytest.raises(stick.StickError, match="leads elsewhere"):
        list(stick.carry(store, HUB, tmp_path / "other"))


def test_what_can_be_no_answer_neither_hangs_nor_fills_the_device(store, place, outbox):
    carry(store, place)
    os.mkfifo(place / "0000.stored")
    (place / "0002.stored").symlink_to("/dev/zero")
    (place / "0003.stored").mkdir()
    with (place / "0004.stored").open("wb") as huge:
        huge.truncate(1 << 40)
    taken = carrier.import_stored(IDENTITY, outbox, place.parent.parent)
    assert (taken.answers, taken.refused, taken.rows) == (5, 4, 2_000)


def test_broken_files_are_named_and_the_rest_goes_in(store, place):
    frames = sorted(place.glob("*.frame"))
    frames[1].write_bytes(frames[1].read_bytes()[:-10])
    frames[2].write_bytes(b"")
    (place / "90000000.frame").write_bytes(bytes(100_000))
    os.mkfifo(place / "90000001.frame")
    (place / "90000002.frame").symlink_to("/etc/passwd")
    (place / "90000003.frame").mkdir()
    [carried] = carry(store, place)
    reasons = dict(carried.broken)
    assert set(reasons) == {frames[1].name, frames[2].name, *(f"9000000{n}.frame" for n in range(4))}
    assert reasons[frames[1].name].startswith("not decodable")
    assert (reasons[frames[2].name], reasons["90000000.frame"]) == ("empty", "too large")
    assert reasons["90000002.frame"] == "Too many levels of symbolic links"
    assert carried.frames == len(frames) - 2
    assert carried.answered


def test_a_device_that_is_not_enrolled_leaves_the_others_be(store, place):
    stranger = place.parent / "aaa-stranger"
    stranger.mkdir()
    (stranger / "00000001.frame").write_bytes(min(place.glob("*.frame")).read_bytes())
    first, second = carry(store, place)
    assert (first.rows, first.answered) == (0, False)
    assert first.broken == [("00000001.frame", "from a device that is not enrolled: 'aaa-stranger'")]
    assert second.new_rows == 2_000


@pytest.mark.parametrize("name", [b"\xff\xfe", b"\x1b[31m"])
def test_a_folder_under_a_name_that_no_device_has_leaves_the_others_be(store, place, name):
    stranger = place.parent / os.fsdecode(name)
    stranger.mkdir()
    (stranger / os.fsdecode(b"1\xff.frame")).write_bytes(min(place.glob("*.frame")).read_bytes())
    carried = {each.device: each for each in carry(store, place)}
    assert carried[stranger.name].broken == [(stranger.name, "no device has such a name")]
    assert carried["kiosk-1"].new_rows == 2_000


def test_a_device_in_quarantine_is_passed_over(store, place):
    store.registry.quarantine("kiosk-1", "stolen?")
    [carried] = carry(store, place)
    assert (carried.frames, carried.answered, stored_rows(store)) == (0, False, 0)
    assert carried.passed_over == len(list(place.glob("*.frame"))) + 1


def test_a_stick_that_cannot_be_written_is_one_sentence_after_all_is_stored(store, place):
    (place / "0001.part").mkdir()
    [carried] = carry(store, place)
    assert (stored_rows(store), carried.answered) == (2_000, False)
    assert any("all of it is stored, but the answer cannot be written" in reason for _, reason in carried.broken)


def test_what_one_device_has_on_a_stick_keeps_no_other_out(store, place):
    (place / "0001.part").mkdir()
    (place / "x.stored").mkdir()
    shutil.copytree(place, place.with_name("a-device-before-it"))
    shutil.copytree(place, place.with_name("z-device-after-it"))
    assert [carried.device for carried in carry(store, place)] == ["a-device-before-it", "kiosk-1", "z-device-after-it"]
    assert stored_rows(store) == 2_000


@pytest.mark.parametrize("made", ["", "guichet"])
def test_a_folder_with_nothing_of_ours_is_one_sentence(store, tmp_path, made):
    (tmp_path / "other" / made).mkdir(parents=True)
    with pytest.raises(stick.StickError):
        list(stick.carry(store, HUB, tmp_path / "other"))


def test_a_full_outbox_on_a_stick_is_not_held_back_by_the_limits_of_the_air(store, place, monkeypatch):
    monkeypatch.setattr(stick, "_FILES_AT_ONCE", 2)
    [carried] = carry(store, place)
    assert carried.new_rows == 2_000

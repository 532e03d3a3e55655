"""What the hub publishes comes to a device, whatever the line does; and nothing else does."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import msgspec
import pytest

from config.pieces import outline
from config.trust import Trust
from sync.budget import Budget
from sync.supply.folder import read_part
from sync.supply.message import MAX_GIVEN_BYTES, Part, Range
from sync.supply.supply import Announced, Connected
from tests.config.noise import noise
from tests.fleet.supplied import BYTES_PER_S, Device
from tests.fleet.workshop import Workshop

SHEETS = noise(400_000)
FILES = {
    "fleet.toml": b'[content]\npack = "all.pack"\n',
    "group/cantal/group.toml": b'[structure]\nname = "Cantal"\n',
    "group/cantal/device/kiosk-1.toml": b"[screen]\nidle_warning_s = 90.0\n",
    "group/lozere/group.toml": b'[structure]\nname = "Loz\xc3\xa8re"\n',
    "content/all.sheets": SHEETS,
    "content/other.sheets": noise(100_000, seed=7),
}


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    hub = Workshop(tmp_path_factory.mktemp("hub")).establish()
    hub.push(FILES)
    return hub


@pytest.fixture
def hub(published, tmp_path):
    shutil.copytree(published.folder, tmp_path / "hub")
    return replace(published, folder=tmp_path / "hub", holders=list(published.holders))


@pytest.fixture
def device(hub, tmp_path):
    device = Device(tmp_path / "device", hub.root())
    yield device
    device.supply.close()


def supplied(device, hub):
    device.hear(hub)
    device.work(hub)
    return device


def test_a_device_gets_what_it_needs_and_no_more(hub, device):
    assert supplied(device, hub).has(hub)
    names = {path.name.partition(".")[2] for path in device.mirror.glob("targets/**/*") if path.is_file()}
    assert names == {"fleet.toml", "group.toml", "kiosk-1.toml", "all.sheets"}
    assert device.content("all.sheets") == [SHEETS]
    assert not (device.folder / "state/incoming").exists()


def test_what_is_in_the_mirror_is_believed_by_who_has_believed_nothing_yet(hub, device, tmp_path):
    supplied(device, hub)
    believed = Trust(tmp_path / "other", hub.root()).refresh(device.mirror, 0)
    assert (
        believed.find("group/cantal/group.toml").check(device.mirror).read_bytes() == FILES["group/cantal/group.toml"]
    )


def test_the_same_push_twice_carries_nothing(hub, device):
    supplied(device, hub)
    carried_bytes = device.carried_bytes
    supplied(device, hub)
    assert device.carried_bytes == carried_bytes


def test_a_renewal_carries_its_timestamp_and_a_question_for_a_newer_root(hub, device):
    supplied(device, hub)
    carried_bytes = device.carried_bytes
    hub.pass_(hours=6)
    hub.renew()
    assert supplied(device, hub).has(hub)
    assert device.carried_bytes < carried_bytes + 200


def test_a_change_in_a_large_file_carries_the_change(hub, device):
    supplied(device, hub)
    carried_bytes = device.carried_bytes
    changed = SHEETS[:200_000] + b"one more sentence" + SHEETS[200_000:]
    hub.push({"content/all.sheets": changed})
    assert supplied(device, hub).content("all.sheets") == [changed]
    assert device.carried_bytes - carried_bytes < 20_000


def test_a_new_root_is_followed_on_the_way(hub, device):
    supplied(device, hub)
    hub.change_holder()
    hub.change_holder(1)
    hub.push({"fleet.toml": b"[content]\npack = 'other.pack'\n"})
    assert supplied(device, hub).content("other.sheets") == [FILES["content/other.sheets"]]


@pytest.mark.parametrize("answers", range(1, 16, 2))
def test_a_cut_and_a_restart_ask_again_for_nothing_that_had_come(hub, tmp_path, answers):
    whole = supplied(Device(tmp_path / "whole", hub.root()), hub)
    device = Device(tmp_path / "device", hub.root())
    device.hear(hub)
    device.work(hub, answers=answers)
    device.start()
    assert supplied(device, hub).has(hub)
    # What was in flight comes twice, and small files of an unfinished round.
    assert device.carried_bytes < whole.carried_bytes + 3 * MAX_GIVEN_BYTES


def test_lost_answers_are_asked_for_again(hub, device):
    lost = iter([False, True, False, False, True, True] * 20)
    device.hear(hub)
    device.work(hub, lambda given: None if next(lost) else given)
    assert device.has(hub)


def test_a_link_that_fell_is_used_again_when_it_is_back(hub, device):
    device.hear(hub)
    device.work(hub, answers=5)
    device.line.waiting.clear()
    device.line.up = False
    while device.wait():
        assert not device.line.waiting
    device.line.up = True
    device.supply.handle(Connected(up=True), device.now_s)
    device.work(hub)
    assert device.has(hub)


def test_a_push_takes_no_more_of_the_link_than_its_cap(hub, device):
    supplied(device, hub)
    assert device.now_s > 0.9 * (device.carried_bytes - 2 * MAX_GIVEN_BYTES) / BYTES_PER_S


def test_a_metered_link_carries_an_hours_bytes_in_an_hour(hub, tmp_path):
    device = supplied(Device(tmp_path / "device", hub.root(), Budget(100_000)), hub)
    assert device.has(hub)
    assert device.now_s > 3600 * (device.carried_bytes - 100_000 - 3 * MAX_GIVEN_BYTES) / 100_000 > 3600


def swapped(parts_of, content_of):
    """Return a change of answers: the parts of some names get another content."""

    def change(given):
        parts = [
            Part(part.name, part.first, part.total, content_of(part.content)) if parts_of in part.name else part
            for part in given.parts
        ]
        return msgspec.structs.replace(given, parts=tuple(parts))

    return change


def flip(content):
    return content[:-1] + bytes([content[-1] ^ 1]) if content else content


@pytest.mark.parametrize(
    "name", ["snapshot", "targets.json", "group-cantal", "fleet.toml", ".outline", ".list", "all.sheets"]
)
def test_a_tampered_chunk_is_never_taken_and_the_right_one_is_when_it_comes(hub, device, name):
    device.hear(hub)
    answers = device.work(hub, swapped(name, flip), answers=60)
    assert not device.has(hub)
    assert device.content("all.sheets") == []
    # Whoever changes metadata is asked twice; whoever changes files, more and more seldom.
    assert answers < 15 if ".json" in name or name in {"snapshot", "group-cantal"} else device.now_s > 20_000
    device.start()
    assert supplied(device, hub).has(hub)


def test_one_tampered_chunk_costs_that_chunk(hub, tmp_path):
    whole = supplied(Device(tmp_path / "whole", hub.root()), hub)
    device = Device(tmp_path / "device", hub.root())
    flips = iter([True])
    once = swapped("all.sheets", lambda content: flip(content) if next(flips, False) else content)
    device.hear(hub)
    device.work(hub, once)
    assert device.has(hub)
    assert device.carried_bytes < whole.carried_bytes + 1.1 * MAX_GIVEN_BYTES


@pytest.mark.parametrize("name", ["snapshot", "targets.json", "fleet.toml", ".outline", "all.sheets"])
def test_endless_data_ends_where_the_signed_length_does(hub, device, name):
    def endless(given):
        parts = [
            Part(part.name, part.first, 1 << 40, bytes(MAX_GIVEN_BYTES)) if name in part.name else part
            for part in given.parts
        ]
        return msgspec.structs.replace(given, parts=tuple(parts[:1]))

    device.hear(hub)
    device.work(hub, endless, answers=100)
    assert not device.has(hub)
    assert device.now_s > 3600
    assert sum(path.stat().st_size for path in device.folder.rglob("*") if path.is_file()) < 2_000_000


def test_slow_retrieval_neither_hides_the_old_nor_keeps_the_new_from_coming_by_another_road(hub, device):
    supplied(device, hub)
    before = {path: path.read_bytes() for path in device.mirror.rglob("*") if path.is_file()}
    hub.push({"fleet.toml": b"# new\n"})
    device.hear(hub)
    answers = device.work(hub, lambda given: msgspec.structs.replace(given, parts=()), answers=200)
    assert answers == 200
    # Whoever answers nothing is asked every five minutes, not as fast as he answers.
    assert device.now_s > 100 * 60
    assert {path: path.read_bytes() for path in before} == before
    device.start()
    assert supplied(device, hub).has(hub)


def test_an_announcement_that_nobody_signed_leaves_the_mirror_as_it_was(hub, device):
    supplied(device, hub)
    stranger = Workshop(hub.folder.parent / "stranger").establish()
    stranger.push({"fleet.toml": b"# theirs\n"})
    device.hear(stranger)
    device.work(stranger)
    assert device.has(hub)
    assert not (device.folder / "state/incoming").exists()


def test_an_older_announcement_is_refused_as_rollback(hub, device, tmp_path):
    shutil.copytree(hub.folder, tmp_path / "old")
    old = replace(hub, folder=tmp_path / "old")
    hub.push({"fleet.toml": b"# new\n"})
    supplied(device, hub)
    Trust(device.folder / "trust", hub.root()).refresh(device.mirror, 0)
    supplied(device, old)
    assert device.has(hub)


def test_an_announcement_that_is_heard_again_on_the_way_begins_nothing_anew(hub, device, tmp_path):
    whole = supplied(Device(tmp_path / "whole", hub.root()), hub)
    device.hear(hub)
    for _ in range(4):
        device.work(hub, answers=3)
        device.hear(hub)
    device.work(hub)
    assert (device.has(hub), device.carried_bytes) == (True, whole.carried_bytes)


def test_an_announcement_without_end_is_passed_over(hub, device):
    supplied(device, hub)
    device.supply.handle(Announced(bytes(20_000)), device.now_s)
    assert device.has(hub)
    assert not (device.folder / "state/incoming").exists()


def test_the_outline_of_another_file_is_refused_before_anything_is_asked_for_by_it(hub, device):
    other = outline(noise(100_000, seed=7))[0].encode()
    device.hear(hub)
    asked = []

    def swap(given):
        asked.extend(part.name for part in given.parts)
        parts = [Part(p.name, 0, len(other), other) if p.name.endswith(".outline") else p for p in given.parts]
        return msgspec.structs.replace(given, parts=tuple(parts))

    device.work(hub, swap, answers=20)
    assert any(name.endswith(".outline") for name in asked)
    assert not any(name.endswith(".list") for name in asked)


@pytest.mark.parametrize("name", ["../secret", "metadata/../../secret", "lock", "targets/.hidden"])
def test_nothing_but_the_publication_is_given(hub, name):
    (hub.folder / "secret").write_bytes(b"secret")
    (hub.mirror / "targets/.hidden").write_bytes(b"hidden")
    assert read_part(hub.mirror, Range(name, 0, 100)) == Part(name, 0, None, b"")


def test_a_file_of_another_name_than_was_asked_for_is_passed_over(hub, device):
    device.hear(hub)
    device.work(hub, swapped("snapshot", lambda _: b"{}"), answers=3)
    elsewhere = swapped("", lambda content: content)
    device.work(
        hub,
        lambda given: elsewhere(
            msgspec.structs.replace(
                given, parts=tuple(msgspec.structs.replace(part, name="targets/evil") for part in given.parts)
            )
        ),
        answers=20,
    )
    assert not list(device.folder.rglob("evil"))


def test_a_full_disk_puts_off_and_loses_nothing(hub, device, monkeypatch):
    refuse = True

    def no_room(descriptor, offset, length):
        del descriptor, offset, length
        if refuse:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", no_room)
    device.hear(hub)
    device.work(hub, answers=30)
    assert not device.has(hub)
    refuse = False
    device.work(hub)
    assert device.has(hub)

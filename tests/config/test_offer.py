"""The version that a device is offered: what key holders have signed for it, whole, or the one before."""

from __future__ import annotations

import shutil

import pytest

from config import vital_signs
from config.offer import SignedOffers
from config.trust import Trust
from tests.fleet.workshop import Workshop

PACK = b"a pack of sheets"


@pytest.fixture
def hub(tmp_path):
    return Workshop(tmp_path / "hub").establish()


@pytest.fixture
def mirror(tmp_path):
    return tmp_path / "mirror"


@pytest.fixture
def look(tmp_path, hub, mirror, monkeypatch):
    """Look for an offer, each time a minute later."""
    now_s = [1_000.0]
    monkeypatch.setattr(vital_signs, "now_s", lambda: now_s[0])
    offers = SignedOffers(Trust(tmp_path / "trust", hub.root()), mirror, "bus-1", "rural")

    def once():
        now_s[0] += 60
        return offers.look()

    return once


def bring(hub, mirror, *, without="/", only=""):
    """Carry the repository to the device, but for files whose names end so, or none but these."""
    for path in sorted(hub.mirror.rglob("*")):
        if path.is_file() and path.name.endswith(only) and not path.name.endswith(without):
            target = mirror / path.relative_to(hub.mirror)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target.with_name("part"))
            target.with_name("part").replace(target)


def said(offer):
    return {name: path.read_bytes() for name, path in offer.sources.items()}


def test_before_anything_is_brought_nothing_is_offered(look):
    assert look() is None


def test_a_device_is_offered_its_fleets_its_groups_and_its_own_document(hub, mirror, look):
    own = {"fleet.toml": b"# f", "group/rural/group.toml": b"# g", "group/rural/device/bus-1.toml": b"# d"}
    hub.push({**own, "group/town/group.toml": b"# other", "group/rural/device/bus-2.toml": b"# other"})
    bring(hub, mirror)
    assert said(look()) == {"fleet.toml": b"# f", "group.toml": b"# g", "device.toml": b"# d"}


def test_a_pack_comes_with_the_document_that_names_it(hub, mirror, look):
    hub.push(
        {"fleet.toml": b'[content]\npack = "new.pack"', "content/new.sheets": PACK, "content/old.sheets": b"other"}
    )
    bring(hub, mirror)
    offer = look()
    assert said(offer)["files/new.sheets"] == PACK
    assert set(offer.files) == {"fleet.toml", "files/new.sheets"}


def test_a_version_of_which_a_file_is_still_coming_waits_for_it(hub, mirror, look):
    hub.push({"fleet.toml": b"# first"})
    bring(hub, mirror)
    first = look()
    hub.push({"fleet.toml": b'[content]\npack = "new.pack"', "content/new.sheets": PACK})
    bring(hub, mirror, without="new.sheets")
    assert (look(), look()) == (first, first)
    bring(hub, mirror, only="new.sheets")
    assert said(look())["files/new.sheets"] == PACK


def test_a_pack_that_nobody_signed_is_not_taken(hub, mirror, look):
    hub.push({"fleet.toml": b'[content]\npack = "new.pack"'})
    bring(hub, mirror)
    (mirror / "targets/content").mkdir()
    (mirror / "targets/content/new.sheets").write_bytes(PACK)
    assert set(look().files) == {"fleet.toml"}


def test_a_file_that_was_tampered_with_is_not_offered(hub, mirror, look):
    hub.push({"fleet.toml": b"# first"})
    bring(hub, mirror)
    [path] = (mirror / "targets").glob("*.fleet.toml")
    path.write_bytes(b"# worst")
    assert look() is None


def test_a_signed_document_that_is_no_configuration_leaves_the_one_before(hub, mirror, look):
    hub.push({"fleet.toml": b"# first"})
    bring(hub, mirror)
    first = look()
    hub.push({"fleet.toml": b"["})
    bring(hub, mirror)
    assert look() == first


def test_the_same_state_is_judged_once(hub, mirror, look, monkeypatch):
    hub.push({"fleet.toml": b"# first"})
    bring(hub, mirror)
    first, judged = look(), []
    monkeypatch.setattr(Trust, "refresh", lambda *arguments: judged.append(arguments))
    assert (look(), look(), judged) == (first, first, [])

"""What is published for a device, as the hub reckons it and as the device does."""

from __future__ import annotations

import pytest

from config import vital_signs
from config.offer import SignedOffers
from config.trust import Trust
from fleet.publication.wanted import Published, UnusableError
from tests.fleet.workshop import Workshop

FLEET = b'[content]\npack = "new.pack"\n'


@pytest.fixture
def hub(tmp_path):
    return Workshop(tmp_path / "hub").establish()


@pytest.fixture
def offered(tmp_path, hub, monkeypatch):
    """Return the digest that a device finds in the repository, each time at its first look."""

    def digest(device, group):
        monkeypatch.setattr(vital_signs, "now_s", lambda: 1_000.0)
        trust = Trust(tmp_path / f"trust-{device}-{group}", hub.root())
        return SignedOffers(trust, hub.mirror, device, group).look().digest

    return digest


@pytest.mark.parametrize(("device", "group"), [("bus-1", "rural"), ("bus-2", "rural"), ("kiosk-1", "town")])
def test_the_hub_and_the_device_reckon_one_digest(hub, offered, device, group):
    hub.push(
        {
            "fleet.toml": FLEET,
            "content/new.sheets": b"sheets",
            "content/other.sheets": b"others",
            "content/letters.ttf": b"a font",
            "group/rural/group.toml": b'[theme]\nfont = "letters.ttf"',
            "group/rural/device/bus-1.toml": b"[screen]\ndpi = 149.0",
        }
    )
    assert Published(hub.repository).digest(device, group) == offered(device, group)


def test_devices_of_one_group_without_documents_of_their_own_get_the_same(hub):
    hub.push({"group/rural/group.toml": b"# all", "group/rural/device/bus-1.toml": b"# one"})
    published = Published(hub.repository)
    digests = [published.digest(f"bus-{number}", "rural") for number in (1, 2, 3)]
    assert digests[0] != digests[1] == digests[2]


def test_another_push_wants_another_digest(hub):
    hub.push({"fleet.toml": b"# one"})
    before = Published(hub.repository).digest("bus-1", "rural")
    hub.push({"fleet.toml": b"# two"})
    assert Published(hub.repository).digest("bus-1", "rural") not in {before, None}


def test_where_nothing_is_published_nothing_is_wanted(tmp_path, hub):
    assert Published(hub.repository).digest("bus-1", "rural") is None
    assert Published(Workshop(tmp_path / "empty").repository).digest("bus-1", "rural") is None


def test_a_document_that_names_what_nobody_has_signed_is_wanted_all_the_same(hub):
    hub.push({"fleet.toml": FLEET})
    assert Published(hub.repository).digest("bus-1", "rural")  # the device refuses it, and says why


def test_a_document_that_the_hubs_disk_has_lost_is_named(hub):
    hub.push({"fleet.toml": b"# fleet"})
    [stored] = hub.mirror.glob("targets/*.fleet.toml")
    stored.unlink()
    with pytest.raises(UnusableError, match=r"fleet\.toml is not here"):
        Published(hub.repository).digest("bus-1", "rural")

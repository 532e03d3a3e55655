"""What may be published: signed by enough key holders, for the state that is in force."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from config.online import OnlineError
from config.trust import Trust
from fleet.publication import draft, roles
from fleet.publication.fault import PathRefusedError, ProposalError, PublicationError
from fleet.publication.giving import Giver
from fleet.publication.repository import Repository
from tests.fleet.workshop import Workshop, new_online, new_signer


@pytest.fixture
def hub(tmp_path):
    return Workshop(tmp_path / "hub").establish()


def believed(hub, tmp_path):
    return Trust(tmp_path / "device", hub.root()).refresh(hub.mirror, 0)


def test_two_of_three_signatures_publish(hub, tmp_path):
    hub.push({"fleet.toml": b"# fleet\n"})
    assert believed(hub, tmp_path).find("fleet.toml").check(hub.mirror).read_bytes() == b"# fleet\n"


def test_one_signature_of_two_publishes_nothing_and_says_who_has_signed(hub, tmp_path):
    one = hub.holders[0].public_key.keyid
    with pytest.raises(PublicationError, match=f"^targets: 1 of 2 signatures missing; signed by {one}$"):
        hub.push({"fleet.toml": b""}, by=1)
    assert believed(hub, tmp_path).find("fleet.toml") is None


def test_a_strangers_signature_counts_for_nothing(hub):
    proposal = hub.propose({"fleet.toml": b""})
    proposal.sign(new_signer())
    with pytest.raises(PublicationError, match="1 of 2 signatures missing"):
        hub.sign(proposal, by=1)


def test_a_proposal_for_an_earlier_state_is_refused(hub):
    late = hub.propose({"fleet.toml": b"# late\n"})
    hub.push({"fleet.toml": b"# first\n"})
    with pytest.raises(PublicationError, match="'targets' as version 2, and 2 is in force: make it anew"):
        hub.sign(late)


def test_the_same_push_twice_proposes_nothing(hub):
    files = {"fleet.toml": b"# fleet\n", "group/rural/group.toml": b"", "content/pack.db": b"pack"}
    hub.push(files)
    assert hub.propose(files).roles == {}


def test_a_change_of_one_group_is_signed_for_that_group_alone(hub):
    hub.push({"group/rural/group.toml": b"", "group/town/group.toml": b""})
    assert list(hub.propose({"group/rural/group.toml": b"# new\n"}).roles) == ["group-rural"]


def test_a_file_that_is_taken_away_is_not_found_any_more(hub, tmp_path):
    hub.push({"group/rural/group.toml": b"", "group/rural/device/bus-1.toml": b""})
    hub.sign(draft.change(hub.repository, {}, hub.now, ["group/rural/device/bus-1.toml"]))
    assert believed(hub, tmp_path).find("group/rural/device/bus-1.toml") is None


def test_a_role_longer_than_devices_read_is_not_published(hub):
    proposal = hub.propose({"content/pack.db": b""})
    named = proposal.roles["targets"].signed.targets
    named |= {f"content/{number:0>100}": named["content/pack.db"] for number in range(2_500)}
    with pytest.raises(PublicationError, match=r"^'targets' would have \d+ bytes, and devices read 500000: "):
        hub.sign(proposal)


def test_a_file_changed_after_it_was_signed_is_not_published(hub):
    proposal = hub.propose({"fleet.toml": b"# good\n"})
    (hub.folder / "drafts/fleet.toml").write_bytes(b"# evil\n")
    with pytest.raises(PublicationError, match="is not the file that was signed"):
        hub.sign(proposal)


def test_a_new_holder_needs_the_old_holders_signatures(hub):
    thieves = [new_signer() for _ in range(2)]
    proposal = draft.keys(hub.repository, [thief.public_key for thief in thieves], hub.online, hub.now)
    for thief in thieves:
        proposal.sign(thief)
    with pytest.raises(PublicationError, match="root, by the present keys: 2 of 2 signatures missing"):
        hub.repository.publish(proposal, hub.now)


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_threshold_that_the_holders_cannot_meet_is_refused(hub, threshold):
    with pytest.raises(ProposalError, match="cannot be asked for"):
        draft.keys(hub.repository, hub.public(), hub.online, hub.now, threshold)


def test_one_holder_twice_is_refused(hub):
    with pytest.raises(ProposalError, match="2 signatures of 1 different keys"):
        draft.keys(hub.repository, hub.public()[:1] * 2, hub.online, hub.now)


@pytest.mark.parametrize(
    "path", ["evil.toml", "group/*/group.toml", "content/../x", "group/a/b/c.toml", "/etc/passwd", ""]
)
def test_a_path_that_no_device_looks_for_is_refused(path):
    with pytest.raises(PathRefusedError):
        roles.role_of(path)


def test_key_holders_do_not_sign_what_is_the_hubs(hub):
    with pytest.raises(PathRefusedError, match="is the hub's to sign"):
        hub.propose({"online/rollout.json": b"{}"})


def test_the_hub_says_by_itself_what_its_form_allows(hub, tmp_path):
    hub.repository.tell({"online/group/rural.json": b"{}"}, hub.now)
    assert believed(hub, tmp_path).find("online/group/rural.json").length_bytes == 2


def test_the_hub_cannot_say_what_needs_key_holders(hub):
    with pytest.raises(PathRefusedError, match="needs key holders"):
        hub.repository.tell({"fleet.toml": b""}, hub.now)


def test_the_hub_cannot_say_anything_of_another_form(hub):
    with pytest.raises(OnlineError, match="unknown field"):
        hub.repository.tell({"online/rollout.json": b'{"pack":"evil"}'}, hub.now)


def test_a_renewal_signs_only_the_timestamp_while_the_rest_is_young(hub):
    hub.pass_(days=1)
    hub.renew()
    assert sorted(path.name for path in hub.metadata.glob("*snapshot.json")) == ["1.snapshot.json"]


def test_a_renewal_signs_the_snapshot_and_the_hubs_word_when_half_their_life_is_over(hub, tmp_path):
    hub.pass_(days=4)
    hub.renew()
    assert believed(hub, tmp_path).versions == {"root": 1, "timestamp": 2, "snapshot": 2, "targets": 1}
    assert hub.repository.role("online").version == 2


def test_a_hub_with_other_keys_than_the_root_names_publishes_nothing(hub):
    hub.online = new_online()
    with pytest.raises(PublicationError, match="does not have the snapshot and timestamp keys that the root names"):
        hub.renew()


def test_new_online_keys_sign_the_hubs_word_too_from_their_root_on(hub, tmp_path):
    hub.repository.tell({"online/rollout.json": b"{}"}, hub.now)
    hub.online = new_online()
    hub.sign(draft.keys(hub.repository, hub.public(), hub.online, hub.now))
    assert believed(hub, tmp_path).find("online/rollout.json").length_bytes == 2


def test_key_holders_do_not_sign_for_a_role_that_nobody_delegated(hub):
    proposal = hub.propose({"group/rural/group.toml": b""})
    del proposal.roles["targets"]
    with pytest.raises(PublicationError, match="key holders cannot sign for 'group-rural'"):
        hub.sign(proposal)


def test_before_the_first_keys_nothing_is_published(tmp_path):
    hub = Workshop(tmp_path)
    with pytest.raises(PublicationError, match="the first proposal must bring the keys"):
        hub.renew()
    with pytest.raises(ProposalError, match="the first proposal must bring the keys"):
        hub.propose({"fleet.toml": b""})


def test_a_publication_cut_after_its_root_is_ended_by_doing_it_again(hub, tmp_path):
    new = new_signer()
    proposal = draft.keys(hub.repository, [*hub.public()[:2], new.public_key], hub.online, hub.now)
    for holder in hub.holders[:2]:
        proposal.sign(holder)
    (hub.metadata / "2.root.json").write_bytes(proposal.roles["root"].to_bytes())
    hub.repository.publish(proposal, hub.now)
    assert believed(hub, tmp_path).versions["targets"] == 2


def test_damaged_metadata_of_the_repository_is_named(hub):
    (hub.metadata / "1.targets.json").write_bytes(b"{")
    with pytest.raises(PublicationError, match=r"1.targets.json' is damaged: bring it back from a backup"):
        hub.propose({"fleet.toml": b""})


def test_no_role_after_a_groups_own_may_speak_for_it(hub):
    hub.push({"group/rural/group.toml": b""})
    delegated = hub.repository.role("targets").delegations.roles
    assert {name: role.terminating for name, role in delegated.items()} == {"online": True, "group-rural": True}


def test_what_is_young_is_not_signed_anew_and_what_is_older_is(hub):
    before = (hub.metadata / "timestamp.json").read_bytes()
    hub.pass_(hours=5)
    hub.repository.keep_fresh(hub.now, dt.timedelta(hours=6))
    assert (hub.metadata / "timestamp.json").read_bytes() == before
    hub.pass_(hours=1)
    hub.repository.keep_fresh(hub.now, dt.timedelta(hours=6))
    assert (hub.metadata / "timestamp.json").read_bytes() != before


def test_nothing_published_is_nothing_to_keep_fresh(tmp_path):
    Repository(tmp_path, []).keep_fresh(dt.datetime.now(dt.UTC), dt.timedelta(hours=6))
    assert list(tmp_path.iterdir()) == []


def test_what_was_replaced_a_week_ago_is_deleted_and_nothing_else(hub):
    hub.push({"fleet.toml": b"# old", "content/old.ttf": b"old"})
    Giver(hub.mirror).take_all_apart()
    hub.change_holder()
    hub.push({"fleet.toml": b"# new"})
    hub.now = dt.datetime.now(dt.UTC)
    hub.repository.keep_fresh(hub.now, dt.timedelta(hours=6))
    assert len(list(hub.mirror.glob("targets/*.fleet.toml"))) == 2
    for path in hub.mirror.rglob("*"):
        os.utime(path, (hub.now_s - 8 * 86_400,) * 2)
    hub.repository.keep_fresh(hub.now, dt.timedelta(hours=6))
    assert [path.read_bytes() for path in hub.mirror.glob("targets/*.fleet.toml")] == [b"# new"]
    assert len(list(hub.metadata.glob("*.root.json"))) == 2
    named = {path.name.partition(".")[2] for path in hub.metadata.glob("*.json") if path.name[0].isdecimal()}
    assert len(list(hub.metadata.glob("*.json"))) == len(named) + 1 + 1  # the timestamp, and the older root
    assert hub.repository.signed("targets").signed.targets.keys() == {"fleet.toml", "content/old.ttf"}

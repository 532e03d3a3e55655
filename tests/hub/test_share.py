"""Which ingest process takes what."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fleet.hub.share import Share, group_of
from sync.topics import StateTopic, UpTopic

DEVICES = [f"kiosk-{number}" for number in range(400)]


@pytest.mark.parametrize("group", ["secret", ""])
def test_each_birth_is_taken_by_exactly_one_process(group):
    shares = [Share(number, 4, group) for number in (1, 2, 3, 4)]
    for device in DEVICES:
        assert sum(share.takes(str(StateTopic(device))) for share in shares) == 1


def test_split_by_device_each_frame_is_taken_by_exactly_one_process_and_none_is_idle():
    shares = [Share(number, 4) for number in (1, 2, 3, 4)]
    taken = [[share.takes(str(UpTopic(device))) for share in shares] for device in DEVICES]
    assert {sum(row) for row in taken} == {1}
    assert all(50 < sum(column) < 150 for column in zip(*taken, strict=True))


def test_what_the_broker_deals_out_is_taken_whoever_sent_it():
    share = Share(2, 4, "secret")
    assert all(share.takes(str(UpTopic(device))) for device in DEVICES)
    assert share.topics() == ("$share/secret/guichet/v1/+/up", "guichet/v1/+/state")


def test_alone_a_process_takes_everything():
    assert all(Share().takes(str(UpTopic(device))) for device in DEVICES)
    assert Share().topics() == ("guichet/v1/+/up", "guichet/v1/+/state")


def test_all_processes_of_a_hub_meet_in_one_group_and_those_of_another_hub_in_another():
    ours, other = (Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
    assert group_of(ours) == group_of(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
    assert group_of(ours) != group_of(other)

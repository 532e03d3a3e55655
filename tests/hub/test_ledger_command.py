"""`guichet-hub ledger`, `settle`, `restored` and `quarantine`."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from typer.testing import CliRunner

from fleet.commands import app
from fleet.hub.registry import NotEnrolledError
from fleet.hub.settling import SettleError
from fleet.premises import Listener, establish
from sync.chain import Row, start
from sync.frame import make_frame
from sync.seal import Predecessor, StreamSeal
from tests.hub.test_ingest import raw

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
HUB_KEY = X25519PrivateKey.from_private_bytes(bytes([2]) * 32).public_key()
A, B = bytes([0xA]) * 16, bytes([0xB]) * 16


@pytest.fixture
def folder(tmp_path, database_url):
    establish(tmp_path / "hub", Listener("localhost", 8883, "127.0.0.1"))
    settings = tmp_path / "hub/hub.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    lines = [f'database_url = "{database_url}"' if line.startswith("database_url") else line for line in lines]
    settings.write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "hub"


@pytest.fixture
def store(open_store):
    store = open_store()
    store.enrol("kiosk-1", raw(KEY))
    return store


@pytest.fixture
def guichet_hub(folder):
    def run(*arguments):
        return CliRunner().invoke(app, [*arguments, "--hub", str(folder)])

    return run


def opening(stream, previous=None):
    return StreamSeal("kiosk-1", stream, bytes(32), "kiosk.ordinary", "b00t").opening(HUB_KEY, previous)


def receive(store, stream, rows):
    store.receive(make_frame("kiosk-1", stream, start("kiosk-1", stream).chain, tuple(rows)))


def test_a_device_of_which_all_is_here_is_whole(guichet_hub, store):
    receive(store, A, [opening(A), Row(2, 1, b"two")])
    said = guichet_hub("ledger", "kiosk-1")
    assert said.exit_code == 0
    assert "kiosk-1: 1 streams, 2 rows in their gapless part; nothing is missing, lost or forked" in said.output


def test_missing_rows_are_named_and_the_exit_says_so(guichet_hub, store):
    receive(store, A, [opening(A), Row(2, 1, b"two")])
    store.receive(make_frame("kiosk-1", A, bytes([9]) * 32, (Row(5, 4, b"five"),)))
    said = guichet_hub("ledger", "kiosk-1", "--json")
    assert said.exit_code == 3
    [stream] = json.loads(said.output)["streams"]
    assert (stream["stored_through"], stream["held_to"], stream["missing"]) == (2, 5, [[3, 4]])
    assert "missing 2 rows (3-4): the device is asked for them" in guichet_hub("ledger", "kiosk-1").output


def test_lost_rows_are_named_apart_from_missing_ones(guichet_hub, store):
    receive(store, A, [opening(A), Row(2, 1, b"two")])
    store.declare_lost({("kiosk-1", A): ((3, 4), (8, 8))})
    store.receive(make_frame("kiosk-1", A, bytes(32), (Row(3, 2, b"three"), Row(4, 3, b"four"))))
    store.receive(make_frame("kiosk-1", A, bytes(32), (Row(9, 8, b"nine"),)))
    said = guichet_hub("ledger", "kiosk-1", "--json")
    assert said.exit_code == 3
    [stream] = json.loads(said.output)["streams"]
    assert (stream["stored_through"], stream["missing"], stream["lost"]) == (4, [[5, 7]], [[8, 8]])


def test_over_a_lost_end_a_stream_is_held_as_far_as_it_is_stored(guichet_hub, store):
    receive(store, A, [opening(A), Row(2, 1, b"two")])
    store.declare_lost({("kiosk-1", A): ((3, 7),)})
    [stream] = json.loads(guichet_hub("ledger", "kiosk-1", "--json").output)["streams"]
    assert (stream["stored_through"], stream["held_to"], stream["lost"]) == (7, 7, [[3, 7]])


def test_forks_and_a_cloned_card_are_named(guichet_hub, store):
    receive(store, A, [opening(A), Row(2, 1, b"two")])
    receive(store, A, [opening(A), Row(2, 1, b"another")])
    receive(store, B, [opening(B, Predecessor(A, 1, bytes(32)))])
    said = guichet_hub("ledger", "kiosk-1", "--json")
    assert said.exit_code == 3
    told = json.loads(said.output)
    assert told["streams"][0]["forks"] == [{"seq": 1, "kind": "other_row"}]
    assert [(f["kind"], f["stream"], f["other"]) for f in told["findings"]] == [
        ("predecessor_longer", B.hex(), A.hex())
    ]
    assert "restored or cloned card" in guichet_hub("ledger", "kiosk-1").output


def test_what_is_settled_counts_no_more_and_is_shown_with_its_note_to_who_asks(guichet_hub, store):
    receive(store, A, [opening(A), Row(2, 1, b"two")])
    receive(store, A, [opening(A), Row(2, 1, b"another")])
    receive(store, B, [opening(B, Predecessor(A, 1, bytes(32)))])
    store.declare_lost({("kiosk-1", B): ((2, 4),)})
    for stream in (A, B):
        assert guichet_hub("settle", "kiosk-1", stream.hex()[:8], "--note", "card changed").exit_code == 0
    said = guichet_hub("ledger", "kiosk-1")
    assert said.exit_code == 0
    assert "what was missing, lost or forked is settled" in said.output
    assert "card changed" not in said.output
    told = guichet_hub("ledger", "kiosk-1", "--all")
    assert told.exit_code == 0
    for finding in ("other row 1 row (1)", "lost 3 rows (2-4)", "predecessor longer (0a0a0a0a)"):
        assert f"{finding}: card changed" in told.output
    known = json.loads(guichet_hub("ledger", "kiosk-1", "--json").output)
    assert (known["whole"], known["unsettled"]) == (False, False)
    assert [each["kind"] for stream in known["streams"] for each in stream["settled"]] == [
        "other_row",
        "lost",
        "predecessor_longer",
    ]


def test_what_is_found_of_a_settled_stream_later_counts_again(guichet_hub, store):
    receive(store, A, [opening(A), Row(2, 1, b"two")])
    store.declare_lost({("kiosk-1", A): ((3, 4),)})
    guichet_hub("settle", "kiosk-1", "0a", "--note", "a damaged card")
    assert guichet_hub("ledger", "kiosk-1").exit_code == 0
    store.declare_lost({("kiosk-1", A): ((3, 6),)})
    said = guichet_hub("ledger", "kiosk-1")
    assert said.exit_code == 3
    assert "lost for good 2 rows (5-6)" in said.output


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("ff", "of 'kiosk-1' no stream begins with 'ff'"),
        ("", "of 'kiosk-1' 2 streams begin with ''"),
        ("0a", "nothing of stream 0a0a0a0a of 'kiosk-1' is open"),
    ],
)
def test_what_cannot_be_settled_is_one_sentence(guichet_hub, store, stream, said):
    receive(store, A, [opening(A)])
    receive(store, B, [opening(B)])
    refused = guichet_hub("settle", "kiosk-1", stream, "--note", "seen")
    assert isinstance(refused.exception, SettleError)
    assert str(refused.exception) == said


def test_parked_messages_quarantine_and_revocation_are_told(guichet_hub, store):
    store.park([("kiosk-1", "not decodable", b"poison")])
    store.registry.quarantine("kiosk-1", "sends nonsense")
    store.registry.revoke("kiosk-1")
    told = json.loads(guichet_hub("ledger", "kiosk-1", "--json").output)
    assert (told["parked"]["count"], told["parked"]["last_reason"]) == (1, "not decodable")
    assert told["quarantine"]["reason"] == "sends nonsense"
    assert told["revoked_s"] > 1_700_000_000
    said = guichet_hub("ledger", "kiosk-1").output
    assert "in quarantine since" in said
    assert "1 refused messages are parked" in said


def test_a_device_that_is_not_enrolled_is_one_sentence(guichet_hub):
    said = guichet_hub("ledger", "kiosk-9")
    assert isinstance(said.exception, NotEnrolledError)
    assert str(said.exception) == "no device 'kiosk-9' is enrolled"


def test_the_operator_puts_a_device_in_quarantine_and_lifts_it(guichet_hub, store):
    assert guichet_hub("quarantine", "kiosk-1", "--reason", "stolen?").exit_code == 0
    assert store.registry.device("kiosk-1").quarantine_reason == "stolen?"
    assert guichet_hub("quarantine", "kiosk-1", "--lift").exit_code == 0
    assert store.registry.device("kiosk-1").quarantined_s is None


def test_a_restored_hub_begins_another_epoch_each_time_it_is_told(guichet_hub, store):
    first, second = (int(guichet_hub("restored").output.split()[1].rstrip(":")) for _ in range(2))
    assert 1 < first < second == store.epoch()

"""What devices say they run, as the hub keeps it, and when it last heard them."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import update

from fleet.hub.ingest import HubEnd
from fleet.hub.schema import configurations, devices
from fleet.settings import Limits
from sync.configuration import Configuration
from sync.frame import Birth, encode_birth
from sync.link import Heard
from tests.hub.test_ingest import DEVICE, HUB, Post, answer, parked_reasons, raw, up

RUNNING = Configuration(6, "b2" * 32, "a1" * 32, False, ("three starts without health",), ("what",), "rural")
LONG_AGO_S = 1_000


@pytest.fixture
def store(store):
    store.enrol("kiosk-1", raw(DEVICE))
    return store


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def hub(store, post):
    return HubEnd(store, post, HUB, Limits())


def born(configuration=RUNNING, device="kiosk-1", *, retained=False, online=True):
    said = encode_birth(Birth(2, device, online, configuration=configuration), DEVICE)
    return Heard(f"guichet/v1/{device}/state", said, retained)


def report(store, device="kiosk-1"):
    return {each.device: each for each in store.reports()}[device]


def let_time_pass(store):
    """Let all that was said and heard be long ago."""
    with store.transaction() as connection:
        connection.execute(update(devices).values(heard_s=LONG_AGO_S))
        connection.execute(update(configurations).values(said_s=LONG_AGO_S))


def test_what_a_device_runs_is_kept_with_the_time_of_its_word(hub, store):
    assert (report(store).configuration, report(store).said_s) == (None, None)
    hub.handle(born())
    assert report(store).configuration == RUNNING
    assert report(store).said_s > 1_700_000_000


def test_the_last_word_takes_the_place_of_the_one_before(hub, store, post):
    later = msgspec.structs.replace(RUNNING, version=7, running="b2" * 32, reasons=(), problems=())
    hub.handle(born())
    let_time_pass(store)
    hub.handle(born(later))
    assert report(store).configuration == later
    assert report(store).said_s > LONG_AGO_S
    assert answer(post) is not None


def test_of_two_words_in_one_heap_the_later_counts(hub, store):
    later = msgspec.structs.replace(RUNNING, version=7)
    hub.handle_all([born(), born(later)])
    assert report(store).configuration == later


def test_who_says_the_same_again_has_said_it_since_the_first_time(hub, store):
    hub.handle(born())
    let_time_pass(store)
    hub.handle(born())
    assert report(store).said_s == LONG_AGO_S
    assert report(store).heard_s > LONG_AGO_S


@pytest.mark.parametrize("silent", [born(None), born(None, online=False)], ids=["an older device", "a last will"])
def test_a_birth_that_says_nothing_of_it_leaves_what_was_said(hub, store, silent):
    hub.handle(born())
    hub.handle(silent)
    assert report(store).configuration == RUNNING


@pytest.mark.parametrize("end", ["quarantine", "revoke"])
def test_who_is_not_listened_to_changes_nothing(hub, store, end):
    hub.handle(born())
    let_time_pass(store)
    before = report(store)
    store.registry.quarantine("kiosk-1", "sends nonsense") if end == "quarantine" else store.registry.revoke("kiosk-1")
    hub.handle(born(msgspec.structs.replace(RUNNING, version=7)))
    store.registry.enrol("kiosk-1", raw(DEVICE)) if end == "revoke" else store.registry.lift("kiosk-1")
    assert (report(store).configuration, report(store).said_s) == (before.configuration, before.said_s)


def test_a_revoked_device_is_not_reported(hub, store):
    hub.handle(born())
    store.registry.revoke("kiosk-1")
    assert store.reports() == []


def test_words_that_no_table_would_like_are_kept_as_they_are(hub, store):
    odd = msgspec.structs.replace(RUNNING, problems=("nul \0, quote ', emoji \U0001f600, line\nend",))
    hub.handle(born(odd))
    assert report(store).configuration == odd


def test_a_frame_shows_that_its_device_is_there(hub, store):
    assert report(store).heard_s is None
    hub.handle(up())
    assert report(store).heard_s > 1_700_000_000


def test_what_the_broker_kept_shows_that_a_device_was_there_once_and_not_when(hub, store):
    hub.handle(born(retained=True))
    assert report(store).heard_s is not None
    let_time_pass(store)
    hub.handle(born(retained=True))
    assert report(store).heard_s == LONG_AGO_S


def test_under_a_new_key_a_device_was_never_heard(hub, store):
    hub.handle(born())
    store.enrol("kiosk-1", raw(HUB))
    assert report(store).heard_s is None


def test_a_birth_that_the_database_refuses_is_parked_and_the_others_are_kept(hub, store):
    with store.transaction() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX no_two_alike ON configurations (version)")
    for device in ("kiosk-2", "kiosk-3"):
        store.enrol(device, raw(DEVICE))
    hub.handle(born())
    later = msgspec.structs.replace(RUNNING, version=9)
    hub.handle_all([born(device="kiosk-2"), born(later, device="kiosk-3")])
    assert [report(store, name).configuration for name in ("kiosk-1", "kiosk-2", "kiosk-3")] == [RUNNING, None, later]
    [reason] = parked_reasons(store)
    assert reason.startswith("the hub's database refused")

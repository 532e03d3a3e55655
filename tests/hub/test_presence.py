"""Which of several ingest processes run, and what is unheard while one does not."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from fleet.hub import service
from fleet.hub.account import account
from fleet.hub.presence import be_seen
from fleet.hub.schema import ingests
from fleet.hub.share import Share
from fleet.premises import Listener, establish
from fleet.settings import load
from sync.topics import StateTopic

FIRST, SECOND = Share(1, 2, "group"), Share(2, 2, "group")
[OF_SECOND] = [name for name in ("kiosk-1", "kiosk-2", "kiosk-3", "kiosk-4") if SECOND.takes(str(StateTopic(name)))][:1]


@pytest.fixture
def store(store):
    store.enrol(OF_SECOND, bytes(32))
    return store


def unheard_by(store):
    return account(store, OF_SECOND).unheard_by


def test_an_ingest_that_runs_alone_though_there_are_more_names_the_others(store):
    assert be_seen(store, Share(3, 4, "group")) == [1, 2, 4]
    assert be_seen(store, Share(1, 4, "group")) == [2, 4]


def test_what_a_device_declares_is_unheard_while_its_ingest_is_away(store):
    be_seen(store, FIRST)
    assert unheard_by(store) == Share(2, 2)
    be_seen(store, SECOND)
    assert unheard_by(store) is None


def test_an_ingest_that_has_not_been_seen_for_minutes_is_away(store):
    for share in (FIRST, SECOND):
        be_seen(store, share)
    with store.engine.begin() as connection:
        long_ago = ingests.c.seen_s - 1_000
        connection.execute(update(ingests).where(ingests.c.number == 2).values(seen_s=long_ago))
    assert be_seen(store, FIRST) == [2]
    assert unheard_by(store) == Share(2, 2)


def test_one_process_without_a_share_hears_everybody(store):
    be_seen(store, FIRST)
    assert be_seen(store, Share()) == []
    assert unheard_by(store) is None


def test_where_no_ingest_runs_nothing_is_said_of_any(store):
    assert unheard_by(store) is None


def test_a_process_that_goes_on_alone_says_so_in_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(service, "BEAT_S", 0)
    establish(tmp_path, Listener("localhost", 8883, "127.0.0.1"), ingests=2)
    alone = service.HubService(load(tmp_path / "hub.toml"), FIRST)
    with capture_logs() as logged:
        for _ in range(2):
            alone._be_seen()
    assert [(each["log_level"], each["numbers"]) for each in logged] == [("error", [2])]
    alone._store.close()

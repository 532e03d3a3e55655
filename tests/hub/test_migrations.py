"""Databases of earlier versions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import create_engine, inspect, select

from fleet.hub import migrations, opener
from fleet.hub.reported import Reported
from fleet.hub.schema import devices, forks, metadata, parked, streams
from fleet.hub.store import HubStore, StoreError
from sync.chain import Row
from sync.configuration import Configuration
from sync.frame import make_frame
from sync.seal import key_id

# Written by version 0.1: kiosk-1 with two streams, the second without its row 3, one fork, one parked message.
OLD = Path(__file__).parent / "data" / "hub-1.sql"
# Of form 6: kiosk-1 with one stream of two rows; kiosk-2, revoked.
BEFORE_REPORTS = Path(__file__).parent / "data" / "hub-6.sql"
KEY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
FIRST, SECOND = bytes([1]) * 16, bytes([2]) * 16
ROW_3 = Row(
    3,
    2,
    bytes.fromhex(
        "861f31f93e93051ecbf71d12f0b012e6304d2cfb86d2c4a5e44816a92ca4fce37d44f60131c3dffa8ed38b2f75027efa"
        "0e2b9bebbb72154d917c26ef0420459edc72e0963d0c7b4057816df78b050e74cd56ff2aecc0efff0d74cca5f706f5"
    ),
)
CHAIN_2 = bytes.fromhex("90949b1ca722f9662605f6dcb6d330a2c788b3f233d078d800c9f4bd6873fdae")
CHAIN_5 = bytes.fromhex("c22098f23c119eec92e3b47e0c9608d2d6957d8f4a39b77ab9d86245ec7c86ad")


def put_back(path, dump):
    database = sqlite3.connect(path)
    database.executescript(dump.read_text(encoding="utf-8"))
    database.close()
    return path


@pytest.fixture
def old(tmp_path):
    return put_back(tmp_path / "hub.db", OLD)


@pytest.fixture
def migrated(old):
    store = HubStore.open(f"sqlite:///{old}")
    yield store
    store.close()


@pytest.fixture
def from_form_6(tmp_path):
    store = HubStore.open(f"sqlite:///{put_back(tmp_path / 'hub-6.db', BEFORE_REPORTS)}")
    yield store
    store.close()


def test_an_old_database_goes_on_where_it_was(migrated):
    outcome = migrated.receive(make_frame("kiosk-1", SECOND, CHAIN_2, (ROW_3,)))
    assert (outcome.tip.seq, outcome.tip.chain) == (5, CHAIN_5)
    assert opener.open_stored(migrated, {key_id(KEY.public_key()): KEY}) == 3
    sheets = [record["sheet"] for record in opener.listing(migrated)]
    assert sheets == ["F10", "F11", "F12", "F20", "F21", "F22", "F23"]


def test_an_old_database_keeps_its_registry_forks_and_refusals(migrated):
    with migrated.engine.connect() as connection:
        assert connection.execute(select(devices.c.name, devices.c.revoked_s)).all() == [("kiosk-1", None)]
        assert connection.execute(select(forks.c.stream_id, forks.c.seq)).all() == [(1, 2)]
        assert connection.execute(select(parked.c.reason, parked.c.parked_s)).all() == [("not decodable", 0)]
    assert migrated.public_key("kiosk-1") is not None


def test_an_old_databases_openings_are_read(migrated):
    with migrated.engine.connect() as connection:
        found = connection.execute(
            select(streams.c.last_seq, streams.c.hub_key_id, streams.c.previous_stream, streams.c.previous_seq)
        ).all()
    assert found == [(4, key_id(KEY.public_key()), None, None), (5, key_id(KEY.public_key()), FIRST, 4)]


def test_a_database_from_before_devices_said_what_they_run_knows_nothing_of_it_yet(from_form_6):
    assert from_form_6.reports() == [Reported("kiosk-1", None, None, None, None)]
    installed = Configuration(0, "", "", False, (), (), "all")
    from_form_6.hear({"kiosk-1": installed}, {"kiosk-1"})
    [known] = from_form_6.reports()
    assert known.configuration == installed
    assert from_form_6.registry.device("kiosk-2").revoked_s is not None


@pytest.mark.parametrize("form", ["migrated", "from_form_6"])
def test_a_migrated_database_has_the_tables_of_a_new_one(request, form):
    migrated = request.getfixturevalue(form)
    new = create_engine("sqlite://")
    metadata.create_all(new)
    for name in metadata.tables:
        wanted, found = (
            {column["name"]: str(column["type"]) for column in inspect(engine).get_columns(name)}
            for engine in (new, migrated.engine)
        )
        assert found == wanted
        wanted, found = (
            sorted(str(index["name"]) for index in inspect(engine).get_indexes(name))
            for engine in (new, migrated.engine)
        )
        assert found == wanted
    new.dispose()


def test_opening_it_again_changes_nothing(old, migrated):
    migrated.close()
    before = sqlite3.connect(old)
    dump = list(before.iterdump())
    HubStore.open(f"sqlite:///{old}").close()
    assert list(before.iterdump()) == dump
    before.close()


def test_a_migration_that_is_cut_leaves_the_old_database_whole(old, monkeypatch):
    before = sqlite3.connect(old)
    dump = list(before.iterdump())

    def cut(_sealed):
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "in_clear", cut)
    with pytest.raises(KeyboardInterrupt):
        HubStore.open(f"sqlite:///{old}")
    assert list(before.iterdump()) == dump
    before.close()


def test_a_database_of_a_later_version_is_refused_in_one_sentence(store, database_url):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO steps (step, applied_s) VALUES (99, 0)")
    with pytest.raises(StoreError, match=r"form 99, and this program knows \d+ at most"):
        HubStore.open(database_url)

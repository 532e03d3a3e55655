"""The hub's database, on SQLite and on a real PostgreSQL: what touches the store runs on both."""

from __future__ import annotations

import pytest

from fleet.hub.store import HubStore
from tests.hub.postgresql import Server


@pytest.fixture(scope="session")
def server():
    running = Server()
    yield running
    running.end()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.db'}"
    return request.getfixturevalue("server").new_database()


@pytest.fixture
def open_store(database_url):
    """Open the test's database; once more for each further process that the test plays."""
    opened = []

    def open_one():
        opened.append(HubStore.open(database_url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store):
    return open_store()

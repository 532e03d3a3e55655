"""A hub process that was stopped at the worst moment, on a real PostgreSQL: the others wait so long and no longer."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import func, make_url, select

from fleet.hub.schema import parked, rows
from fleet.hub.store import HubStore, StoreError, _park
from sync.chain import Row, start
from sync.frame import make_frame

STREAM = bytes(16)
# The same options as in the hub's own sessions, with deadlines that a test can wait for.
SHORT = "options=-c%20lock_timeout%3D300ms%20-c%20idle_in_transaction_session_timeout%3D2s"
GIVE_UP_S = 20
HOLDER = """
import sys
from fleet.hub.intake import Intake
from fleet.hub.store import HubStore

store = HubStore.open(sys.argv[1])
with store.transaction() as connection:
    assert len(Intake.lock(connection, [("kiosk-1", bytes(16))])) == 1
    print("holds it", flush=True)
    sys.stdin.read()
"""


def frame(first, last):
    tip, sealed = start("kiosk-1", STREAM), [Row(seq, seq, b"sealed") for seq in range(1, last + 1)]
    for row in sealed[: first - 1]:
        tip = tip.after(row)
    return make_frame("kiosk-1", STREAM, tip.chain, tuple(sealed[first - 1 :]))


@pytest.fixture
def address(server):
    return server.new_database()


@pytest.fixture
def open_store():
    opened = []

    def open_one(url):
        opened.append(HubStore.open(url))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def stopped(address, open_store):
    """A process that holds a stream's lock, and has been stopped."""
    first = open_store(address)
    first.enrol("kiosk-1", bytes(32))
    first.receive(frame(1, 3))
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, f"{address}&{SHORT}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"holds it\n"
    process.send_signal(signal.SIGSTOP)
    yield process
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        pipe.close()


def test_a_stopped_process_delays_the_others_up_to_the_deadline_and_nothing_is_lost(address, open_store, stopped):
    store = open_store(f"{address}&{SHORT}")
    give_up_s = time.monotonic() + GIVE_UP_S
    with pytest.raises(StoreError, match="lock timeout"):
        store.receive(frame(4, 9))
    while store.tips("kiosk-1", {STREAM})[STREAM].seq < 9:
        assert time.monotonic() < give_up_s
        with contextlib.suppress(StoreError):
            store.receive(frame(4, 9))
    assert store.tips("kiosk-1", {STREAM})[STREAM].seq == 9
    stopped.send_signal(signal.SIGCONT)
    assert b"StoreError" in stopped.communicate()[1]
    with store.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(rows)) == 9


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("synchronous_commit", "on"),
        ("default_transaction_isolation", "read committed"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ],
)
def test_what_the_hub_promises_does_not_rest_on_the_servers_settings(address, open_store, setting, value):
    name = make_url(address).database
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        for careless in ("synchronous_commit=off", "default_transaction_isolation='serializable'", "lock_timeout=0"):
            connection.execute(f"ALTER DATABASE {name} SET {careless}")
    with open_store(address).engine.connect() as connection:
        assert connection.exec_driver_sql(f"SHOW {setting}").scalar() == value


def until_one_waits(address):
    """Return once a session of the server waits for another's lock."""
    give_up_s = time.monotonic() + GIVE_UP_S
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        while not connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:
            assert time.monotonic() < give_up_s


def test_a_message_that_two_processes_refuse_at_once_is_kept_once_and_stops_neither(address, open_store):
    one, other = open_store(address), open_store(address)
    refused = [("kiosk-1", "not decodable", b"payload")]
    with ThreadPoolExecutor(1) as pool:
        with one.transaction() as connection:
            _park(connection, *refused[0])
            waits = pool.submit(other.park, refused)
            until_one_waits(address)
        waits.result(GIVE_UP_S)
    with one.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(parked)) == 1

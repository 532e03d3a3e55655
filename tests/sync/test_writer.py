"""The thread through which a process queues its records."""

from __future__ import annotations

import os
import sqlite3
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.entry import decode
from sync.lock import Lock
from sync.outbox import Outbox, OutboxError, OutboxFault
from sync.outbox.salvage import open_mended
from sync.records import AgentCalled, ReceiptContent, ReceiptRequested
from sync.seal import key_id, open_stream, read_opening
from sync.wakeup import WakeupSocket
from sync.writer import RecordWriter

HUB = X25519PrivateKey.from_private_bytes(bytes(range(32)))
HUB_KEYS = {key_id(HUB.public_key()): HUB}
RECORD = ReceiptRequested("F14128", ReceiptContent.CHECKLIST)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outbox.db"


def writer(path, limit_bytes=10_000_000, connect=sqlite3.connect):
    def open_outbox():
        return open_mended(path, "kiosk-1", connect=connect)

    return RecordWriter(open_outbox, "kiosk-1", HUB.public_key(), limit_bytes, path.parent / "wake.sock")


def read(path):
    box = Outbox.open(path, "kiosk-1")
    found = [(s.stream, box.rows(s.stream, 1, 10_000)) for s in box.streams()]
    box.close()
    return found


def test_a_record_put_is_on_disk_and_the_hub_can_read_it(path):
    open_writer = writer(path)
    open_writer.put(RECORD).result(timeout=10)
    open_writer.close()
    [(stream, (opening, row))] = read(path)
    assert decode(open_stream("kiosk-1", stream, opening.sealed, HUB_KEYS).open(row), "").record == RECORD


def test_nothing_readable_is_in_the_files(path):
    open_writer = writer(path)
    open_writer.put(ReceiptRequested("CANARY-F14128", ReceiptContent.CHECKLIST)).result(timeout=10)
    found = [file.read_bytes() for file in path.parent.iterdir() if file.is_file()]
    open_writer.close()
    assert len(found) >= 2
    assert not any(b"CANARY" in data or b"receipt_requested" in data for data in found)


def test_a_process_that_queues_nothing_makes_no_stream(path):
    writer(path).close()
    assert read(path) == []


def test_eight_producers_share_commits_and_none_is_lost(path):
    open_writer = writer(path)
    kept = []
    threads = [
        threading.Thread(target=lambda: kept.extend(open_writer.put(RECORD) for _ in range(50))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for future in kept:
        future.result(timeout=30)
    open_writer.close()
    [(_, rows)] = read(path)
    assert [row.seq for row in rows] == list(range(1, 402))
    assert len({row.nonce for row in rows}) == 401


def test_the_next_life_of_the_process_names_the_stream_before(path):
    for _ in range(2):
        open_writer = writer(path)
        open_writer.put(RECORD).result(timeout=10)
        open_writer.close()
    (first, _), (_, (opening, _)) = read(path)
    previous = read_opening(opening.sealed).previous
    assert (previous.stream, previous.seq) == (first, 2)


def test_a_full_outbox_refuses_the_promise_and_serves_the_next(path):
    open_writer = writer(path, limit_bytes=1)
    with pytest.raises(OutboxError) as refused:
        open_writer.put(RECORD).result(timeout=10)
    assert refused.value.fault is OutboxFault.FULL
    open_writer._limit_bytes = 10_000_000
    open_writer.put(RECORD).result(timeout=10)
    open_writer.close()
    assert [row.seq for row in read(path)[0][1]] == [1, 2]


def test_a_damaged_outbox_is_set_aside_and_the_record_kept(path):
    path.write_bytes(b"no database at all " * 200)
    open_writer = writer(path)
    open_writer.put(RECORD).result(timeout=10)
    open_writer.close()
    assert [row.seq for row in read(path)[0][1]] == [1, 2]


def test_damage_under_a_running_writer_begins_a_new_stream_and_loses_no_record(path):
    open_writer = writer(path)
    for _ in range(3):
        open_writer.keep(RECORD)
    open_writer._outbox._file._note(OutboxFault.DAMAGED)
    open_mended(path, "kiosk-1").close()
    open_writer.keep(RECORD)
    open_writer.close()
    (first, before), (second, after) = read(path)
    assert ([row.seq for row in before], [row.seq for row in after]) == ([1, 2, 3, 4], [1, 2])
    assert read_opening(after[0].sealed).previous.stream == first != second


def test_urgent_and_ordinary_records_have_streams_of_their_own(path):
    open_writer = writer(path)
    for kept in [open_writer.put(record) for record in (RECORD, AgentCalled(), RECORD)]:
        kept.result(timeout=10)
    open_writer.close()
    box = Outbox.open(path, "kiosk-1")
    assert {stream.lane: stream.last.seq for stream in box.streams()} == {"kiosk.urgent": 2, "kiosk.ordinary": 3}
    box.close()


def test_a_caller_that_waits_is_served_beside_those_that_do_not(path):
    open_writer = writer(path)
    futures = []
    threads = [threading.Thread(target=lambda: [open_writer.keep(RECORD) for _ in range(20)]) for _ in range(4)]
    threads.append(threading.Thread(target=lambda: futures.extend(open_writer.put(RECORD) for _ in range(20))))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for future in futures:
        future.result(timeout=10)
    open_writer.close()
    [(_, rows)] = read(path)
    assert [row.seq for row in rows] == list(range(1, 102))


def test_a_commit_of_unknown_outcome_gives_no_number_and_no_key_twice(path):
    failing = threading.Event()

    class Unsure(sqlite3.Connection):
        """Commits, and then says that it could not."""

        def execute(self, statement, *values):
            found = super().execute(statement, *values)
            if statement == "COMMIT" and failing.is_set():
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorcode = sqlite3.SQLITE_IOERR
                raise error
            return found

    def connect(*arguments, **options):
        return sqlite3.connect(*arguments, factory=Unsure, **options)

    open_writer = writer(path, connect=connect)
    open_writer.keep(RECORD)
    failing.set()
    with pytest.raises(OutboxError):
        open_writer.keep(AgentCalled())
    failing.clear()
    open_writer.keep(RECORD)
    open_writer.keep(AgentCalled())
    open_writer.close()
    found = read(path)
    assert [[row.seq for row in rows] for _, rows in found] == [[1, 2], [1, 2], [1, 2], [1, 2]]
    openings = [read_opening(rows[0].sealed) for _, rows in found]
    assert [opening.lane for opening in openings] == [
        "kiosk.ordinary",
        "kiosk.urgent",
        "kiosk.ordinary",
        "kiosk.urgent",
    ]
    assert [opening.previous and opening.previous.stream for opening in openings] == [
        None,
        None,
        found[0][0],
        found[1][0],
    ]


def test_a_queued_record_wakes_the_sync_service(path):
    woken = threading.Event()
    socket = WakeupSocket(path.parent / "wake.sock")
    listener = threading.Thread(target=socket.listen, args=(woken.set,))
    listener.start()
    open_writer = writer(path)
    open_writer.put(RECORD)
    assert woken.wait(10)
    open_writer.close()
    socket.close()
    listener.join()
    assert not os.path.lexists(path.parent / "wake.sock")


@pytest.mark.parametrize(
    "record",
    [
        AgentCalled("a\0b"),
        AgentCalled("\ud800"),
        AgentCalled("x" * 201),
        ReceiptRequested("F1", "no such content"),
        ReceiptRequested(5, ReceiptContent.SHEET),
    ],
    ids=["nul", "half a character", "long", "unknown word", "number"],
)
def test_a_record_that_the_hub_could_not_read_is_refused_alone_before_it_is_promised(path, record):
    open_writer = writer(path)
    with open_writer._turn:
        puts = [open_writer.put(each) for each in (RECORD, record, AgentCalled())]
    puts[0].result(timeout=10)
    with pytest.raises(OutboxError) as refused:
        puts[1].result(timeout=10)
    assert refused.value.fault is OutboxFault.UNFIT
    puts[2].result(timeout=10)
    open_writer.close()
    assert [[row.seq for row in rows] for _, rows in read(path)] == [[1, 2], [1, 2]]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_the_thread_leaves_nobody_waiting(path):
    class Broken(sqlite3.Connection):
        """Breaks as no disk does, at the first row."""

        def executemany(self, *_arguments):
            raise ZeroDivisionError

    def connect(*arguments, **options):
        return sqlite3.connect(*arguments, factory=Broken, **options)

    open_writer = writer(path, connect=connect)
    with open_writer._turn:
        waiting = [open_writer.put(RECORD) for _ in range(3)]
    open_writer._thread.join(timeout=10)
    for each in (*waiting, open_writer.put(RECORD)):
        with pytest.raises(ZeroDivisionError):
            each.result(timeout=10)
    open_writer.close()


def test_a_writer_whose_role_could_not_be_taken_takes_it_before_it_writes(path, tmp_path):
    def take_role():
        return Lock(tmp_path / "role" / "kiosk-writer.lock")

    def open_outbox():
        return open_mended(path, "kiosk-1")

    open_writer = RecordWriter(
        open_outbox, "kiosk-1", HUB.public_key(), 10_000_000, tmp_path / "wake.sock", take_role=take_role
    )
    with pytest.raises(OutboxError, match="cannot lock"):
        open_writer.keep(RECORD)
    (tmp_path / "role").mkdir()
    other = take_role()
    with pytest.raises(OutboxError, match="another process holds"):
        open_writer.keep(RECORD)
    other.release()
    open_writer.keep(RECORD)
    open_writer.close()
    take_role().release()

"""Real damage done to a real outbox: what is acknowledged is there under its number, or named as lost."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import shutil
import sqlite3
import subprocess
import threading

import pytest

from sync.chain import Row
from sync.outbox import Batch, Outbox, OutboxError, OutboxFault
from sync.outbox.file import PAGE_BYTES, OutboxLock, generation_path, newest_generation, note_fault
from sync.outbox.salvage import open_mended
from sync.seal import Predecessor
from tests.sync.day import ORDINARY, PLENTY, URGENT, WAITING, check_nothing_vanished, fill, live_with, overwrite, rows


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """The file of such an outbox, all of it checkpointed."""
    path = tmp_path_factory.mktemp("pristine") / "outbox.db"
    fill(path).close()
    return path


@pytest.fixture
def path(tmp_path, pristine):
    return shutil.copy(pristine, tmp_path / "outbox.db")


def pages_of(path):
    return range(path.stat().st_size // PAGE_BYTES)


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bytes_in_any_page_lose_no_row_silently(tmp_path, pristine, seed):
    rng = random.Random(seed)  # noqa: S311  (repeatable damage)
    for page in pages_of(pristine):
        path = shutil.copy(pristine, tmp_path / f"{page}.db")
        for _ in range(rng.choice([1, 1, 3, 20])):
            overwrite(path, page * PAGE_BYTES + rng.randrange(PAGE_BYTES), rng.randbytes(1))
        box, waiting = live_with(path)
        check_nothing_vanished(box, waiting)
        box.close()


@pytest.mark.parametrize("filling", [b"\0", b"\xff", b"\x0d"], ids=["zeros", "ones", "leaves"])
def test_a_page_of_nothing_takes_only_its_own_rows(tmp_path, pristine, filling):
    for page in pages_of(pristine):
        path = shutil.copy(pristine, tmp_path / f"{page}.db")
        overwrite(path, page * PAGE_BYTES, filling * PAGE_BYTES)
        box, waiting = live_with(path)
        check_nothing_vanished(box, waiting)
        assert sum(map(len, waiting.values())) >= 52 - 7
        box.close()


def test_a_tree_that_begins_at_one_of_its_leaves_hides_no_row(path):
    data = path.read_bytes()
    root = data.index(b"tablerowsrows\x0aCREATE") + len("tablerowsrows")
    overwrite(path, root, b"\x0e")
    assert data[13 * PAGE_BYTES] == 0x0D  # a leaf
    box, waiting = live_with(path)
    assert waiting == {stream: rows(first, last) for stream, (first, last) in WAITING.items() if first <= last}
    box.close()


def test_a_file_cut_short_names_what_it_lost(tmp_path, pristine):
    for pages in pages_of(pristine):
        path = shutil.copy(pristine, tmp_path / f"{pages}.db")
        with path.open("r+b") as file:
            file.truncate(pages * PAGE_BYTES)
        box, waiting = live_with(path)
        for stream, found in waiting.items():
            assert set(found) <= set(rows(*WAITING.get(stream, (1, 2))))
        box.close()


def copy_live(path, to):
    """Copy file and write-ahead log while they are open, as a cut of power would leave them."""
    for suffix in ("", "-wal"):
        shutil.copy(path.with_name(path.name + suffix), to.with_name(to.name + suffix))
    return to


def test_damage_in_the_write_ahead_log_loses_no_row_silently(tmp_path):
    box = fill(tmp_path / "live.db")
    log = tmp_path / "live.db-wal"
    rng = random.Random(7)  # noqa: S311  (repeatable damage)
    for place in range(0, log.stat().st_size - 2 * (PAGE_BYTES + 24), PAGE_BYTES + 24):
        path = copy_live(tmp_path / "live.db", tmp_path / f"{place}.db")
        overwrite(path.with_name(path.name + "-wal"), place + rng.randrange(PAGE_BYTES), b"damage")
        found, waiting = live_with(path)
        check_nothing_vanished(found, waiting)
        found.close()
    box.close()


def test_a_torn_last_commit_is_a_cut_of_power_not_damage(tmp_path):
    box = fill(tmp_path / "live.db")
    path = copy_live(tmp_path / "live.db", tmp_path / "cut.db")
    log = path.with_name("cut.db-wal")
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - 100)
    found = open_mended(path, "kiosk-1")
    assert found.generation == 1
    found.close()
    box.close()


def damaged_log(tmp_path):
    """Return an outbox whose write-ahead log is damaged early on: SQLite stops there, many commits lie beyond."""
    box = fill(tmp_path / "live.db")
    path = copy_live(tmp_path / "live.db", tmp_path / "outbox.db")
    box.close()
    overwrite(path.with_name("outbox.db-wal"), 40 * (PAGE_BYTES + 24), b"damage")
    return path


def salvage_refused_at(step, path):
    """Try a salvage while the disk refuses one step of it."""

    def refuse(*_arguments, **_options):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.MonkeyPatch.context() as refusing:
        refusing.setattr(step, refuse)
        with pytest.raises(OutboxError):
            open_mended(path, "kiosk-1")


def test_a_salvage_that_fails_at_any_step_is_done_again(tmp_path):
    steps = ("os.rename", "os.fsync", "os.ftruncate", "os.unlink")
    for place, step in enumerate(steps):
        folder = tmp_path / str(place)
        folder.mkdir()
        path = damaged_log(folder)
        salvage_refused_at(step, path)
        box, waiting = live_with(path)
        check_nothing_vanished(box, waiting)
        assert sum(map(len, waiting.values())) > 40
        box.close()


def test_who_has_the_outbox_open_follows_a_salvager_that_died_after_its_rename(path):
    kiosk = Outbox.open(path, "kiosk-1")
    overwrite(path, 9 * PAGE_BYTES, bytes(PAGE_BYTES))
    path.with_suffix(".faults").write_text("DAMAGED\n", encoding="ascii")
    salvage_refused_at("sync.outbox.salvage.sync_directory", path)
    assert newest_generation(path) == 2
    with pytest.raises(OutboxError) as refused:
        kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(61, 61))], PLENTY)
    assert refused.value.fault is OutboxFault.SET_ASIDE
    kiosk.unsent_streams()
    assert kiosk.generation == 2
    kiosk.close()


def test_who_is_told_of_a_newer_file_that_never_came_goes_on_in_the_old_one(path):
    kiosk = Outbox.open(path, "kiosk-1")
    lock = OutboxLock(path)
    lock.turn()
    lock.close()
    with pytest.raises(OutboxError, match="try again"):
        kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(61, 61))], PLENTY)
    kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(61, 61))], PLENTY)
    assert kiosk.generation == 1
    kiosk.close()


def test_a_process_stopped_while_it_holds_the_outbox_stops_nobody_else_for_long(path, monkeypatch):
    monkeypatch.setattr("sync.outbox.file._SALVAGE_S", 0.05)
    kiosk = Outbox.open(path, "kiosk-1")
    stopped = OutboxLock(path)
    stopped.take()
    for attempt in (kiosk.streams, lambda: Outbox.open(path, "kiosk-1"), lambda: open_mended(path, "kiosk-1")):
        with pytest.raises(OutboxError) as refused:
            attempt()
        assert refused.value.fault is OutboxFault.BUSY
    stopped.close()
    assert kiosk.streams()
    kiosk.close()


def test_what_the_hub_said_is_carried_over(path):
    overwrite(path, 0, bytes(PAGE_BYTES))
    box, _ = live_with(path)
    assert (box.generation, box.epoch()) == (2, 7)
    box.close()


def test_a_file_of_rubbish_is_left_where_it_is(tmp_path):
    path = tmp_path / "outbox.db"
    path.write_bytes(b"no database at all " * 200)
    box = open_mended(path, "kiosk-1")
    box.append([Batch(URGENT, "kiosk.urgent", rows(1, 2))], PLENTY)
    box.close()
    assert path.read_bytes() == b"no database at all " * 200
    assert newest_generation(path) == 2


def test_another_kind_of_database_is_refused_not_set_aside(tmp_path):
    path = tmp_path / "outbox.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE sheets(id TEXT)")
    db.close()
    with pytest.raises(OutboxError) as refused:
        open_mended(path, "kiosk-1")
    assert refused.value.fault is OutboxFault.NOT_AN_OUTBOX
    assert newest_generation(path) == 1


def test_who_holds_the_damaged_file_goes_over_to_the_next(path):
    sync, kiosk = Outbox.open(path, "kiosk-1"), Outbox.open(path, "kiosk-1")
    kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(61, 61))], PLENTY)
    overwrite(path, 9 * PAGE_BYTES, bytes(PAGE_BYTES))
    path.with_suffix(".faults").write_text("DAMAGED\n", encoding="ascii")
    mended = open_mended(path, "kiosk-1")
    with pytest.raises(OutboxError) as refused:
        kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(62, 62))], PLENTY)
    assert refused.value.fault is OutboxFault.SET_ASIDE
    kiosk.append([Batch(bytes(16), "kiosk.ordinary", rows(1, 1))], PLENTY)
    assert bytes(16) in {stream.stream for stream in sync.unsent_streams()}
    assert [each.generation for each in (sync, kiosk, mended)] == [2, 2, 2]
    for each in (sync, kiosk, mended):
        each.close()


def test_a_writer_is_told_of_a_newer_file_though_a_look_has_gone_there_first(path):
    kiosk = Outbox.open(path, "kiosk-1")
    kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(61, 61))], PLENTY)
    note_fault(path, 1, OutboxFault.DAMAGED)
    open_mended(path, "kiosk-1").close()
    assert kiosk.last_of("kiosk.urgent").stream == URGENT  # as of a lane in which this process has yet to write
    assert kiosk.generation == 2
    with pytest.raises(OutboxError) as refused:
        kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(62, 62))], PLENTY)
    assert refused.value.fault is OutboxFault.SET_ASIDE
    kiosk.append([Batch(bytes(16), "kiosk.ordinary", rows(1, 1))], PLENTY)
    kiosk.close()


def test_an_append_waits_while_another_process_salvages(path):
    kiosk = Outbox.open(path, "kiosk-1")
    lock = OutboxLock(path)
    lock.take()
    done = threading.Event()

    def append():
        kiosk.append([Batch(ORDINARY, "kiosk.ordinary", rows(61, 61))], PLENTY)
        done.set()

    thread = threading.Thread(target=append)
    thread.start()
    assert not done.wait(0.2)
    lock.free()
    thread.join(10)
    assert done.is_set()
    lock.close()
    kiosk.close()


def test_only_the_last_damaged_file_is_kept(path):
    for _ in range(3):
        now = generation_path(path, newest_generation(path))
        overwrite(now, 0, bytes(PAGE_BYTES))
        open_mended(path, "kiosk-1").close()
    assert sorted(file.name for file in path.parent.glob("outbox*.db")) == ["outbox-3.db", "outbox-4.db"]


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def until_refused(box, stream, first):
    """Append one row at a time until the disk refuses; return the last number kept, and why."""
    for seq in range(first, 100_000):
        try:
            box.append([Batch(stream, "kiosk.ordinary", rows(seq, seq))], PLENTY)
        except OutboxError as error:
            return seq - 1, error.fault
    raise AssertionError("the disk took everything")


@needs_root
def test_a_full_disk_refuses_and_keeps_what_it_took(small_disk):
    box = Outbox.open(small_disk / "outbox.db", "kiosk-1")
    last, fault = until_refused(box, ORDINARY, 1)
    assert fault is OutboxFault.NO_SPACE
    box.close()
    again = open_mended(small_disk / "outbox.db", "kiosk-1")
    assert again.generation == 1
    assert again.rows(ORDINARY, 1, 10_000)[:last] == tuple(rows(1, last))
    again.close()


@needs_root
def test_rows_go_on_once_a_full_disk_has_room(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(150_000))
    box = Outbox.open(small_disk / "outbox.db", "kiosk-1")
    last, _ = until_refused(box, ORDINARY, 1)
    ballast.unlink()
    box.append([Batch(URGENT, "kiosk.ordinary", rows(1, 3), Predecessor(ORDINARY, last, b"?" * 32))], PLENTY)
    assert box.rows(URGENT, 1, 9) == tuple(rows(1, 3))
    box.close()


@needs_root
def test_a_disk_that_turns_read_only_is_named_so(small_disk):
    box = Outbox.open(small_disk / "outbox.db", "kiosk-1")
    box.append([Batch(ORDINARY, "kiosk.ordinary", rows(1, 3))], PLENTY)
    box.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(OutboxError) as refused:
        open_mended(small_disk / "outbox.db", "kiosk-1")
    assert refused.value.fault is OutboxFault.READ_ONLY
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    again = open_mended(small_disk / "outbox.db", "kiosk-1")
    assert again.rows(ORDINARY, 1, 9) == tuple(rows(1, 3))
    again.close()


@pytest.mark.parametrize("half_made", [b"", b"SQLite format 3\0", bytes(9_000)])
def test_what_a_cut_left_of_a_salvage_is_made_anew(path, half_made):
    overwrite(path, 9 * PAGE_BYTES, bytes(PAGE_BYTES))
    path.with_suffix(".faults").write_text("DAMAGED\n", encoding="ascii")
    path.with_name("outbox.new").write_bytes(half_made)
    box, waiting = live_with(path)
    check_nothing_vanished(box, waiting)
    assert box.generation == 2
    assert not path.with_name("outbox.new").exists()
    box.close()


@pytest.mark.parametrize("salvages", [0, 1, 2])
def test_each_of_two_accounts_in_one_group_may_write(tmp_path, salvages):
    path, before = tmp_path / "outbox.db", os.umask(0o007)
    try:
        open_mended(path, "kiosk-1").close()
        for _ in range(salvages):
            generation = newest_generation(path)
            note_fault(path, generation, OutboxFault.DAMAGED)
            box = open_mended(path, "kiosk-1")
            box.close()
        box = open_mended(path, "kiosk-1")
        box.append([Batch(ORDINARY, "kiosk.ordinary", [Row(1, 0, b"sealed")])], PLENTY)
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.glob("outbox*")}
        box.close()
    finally:
        os.umask(before)
    assert any(name.endswith("-wal") for name in modes)
    assert set(modes.values()) == {oct(0o660)}, modes


def test_a_log_of_which_a_sector_cannot_be_read_gives_the_rest_and_names_what_it_may_have_held(tmp_path, monkeypatch):
    path = tmp_path / "outbox.db"
    box = Outbox.open(path, "kiosk-1")
    for seq in range(1, 61):  # not enough for a checkpoint
        box.append([Batch(ORDINARY, "kiosk.ordinary", [Row(seq, seq, b"sealed" * 10)])], PLENTY)
    shutil.copy(path, path.with_name("copy.db"))
    shutil.copy(f"{path}-wal", path.with_name("copy.db-wal"))
    box.close()
    card = path.with_name("copy.db")
    size, real = card.with_name("copy.db-wal").stat().st_size, os.pread

    def sick(descriptor, length, at):
        if os.fstat(descriptor).st_size == size and at > size - 10_000:
            raise OSError(5, "Input/output error")
        return real(descriptor, length, at)

    monkeypatch.setattr("sync.outbox.salvage.os.pread", sick)
    mended = open_mended(card, "kiosk-1")
    here = {row.seq for row in mended.rows(ORDINARY, 1, 1_000)}
    lost = {seq for ranges in mended.lost().values() for first, last in ranges for seq in range(first, last + 1)}
    mended.close()
    assert here | lost >= set(range(1, 61))
    assert (len(here) > 40, here & lost, 60 in lost) == (True, set(), True)


def test_a_value_that_no_column_has_is_damage_and_no_end_of_the_process(path):
    box = Outbox.open(path, "kiosk-1")
    box.append([Batch(URGENT, "kiosk.urgent", rows(13, 13))], PLENTY)
    with contextlib.closing(sqlite3.connect(path)) as page, page:
        page.execute("PRAGMA writable_schema = ON")
        page.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'kept_from INTEGER NOT NULL', 'kept_from INTEGER') "
            "WHERE name = 'streams'"
        )
    with contextlib.closing(sqlite3.connect(path)) as page, page:
        page.execute("UPDATE streams SET kept_from = NULL")
    crashed = path.parent / "crashed"
    crashed.mkdir()
    for found in path.parent.glob(f"{path.name}*"):
        shutil.copy(found, crashed)
    box.close()
    open_mended(crashed / path.name, "kiosk-1").close()

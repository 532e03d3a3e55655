"""A citizen's pages end with the session, the process and the crash; no disk ever sees a byte of them."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from document_rig import SLOW, DocumentScannerRig, children

from drivers.document import memory, reading
from drivers.document.pages import PageFolder, PageStore
from drivers.document.scanner import ScanJob
from drivers.interface import DeviceError, DeviceName, DeviceUp
from drivers.news import ScanEnded, ScanProgress

DEVICE = DeviceName("documents")
PROGRAM = Path(__file__).parent / "scanning_program.py"
# Every disk is read-only but one folder: what is not in it was written to no disk. Memory stays as it is.
ONE_DISK = """
set -e
mount --bind "$1" "$1"
while read -r _ at kind _; do
  case $kind in tmpfs|ramfs|proc|sysfs|devpts|cgroup*|mqueue|devtmpfs) ;;
  *) [ "$at" = "$1" ] || mount -o remount,ro,bind "$at" ;; esac
done < /proc/mounts
if touch /usr/it-is-not-read-only 2>/dev/null; then exit 9; fi
shift; exec "$@"
"""


def leftover(run_dir):
    left = PageFolder(run_dir).path / "0001.jpg"
    left.write_bytes(b"zqxcanari")
    return left


def written_by(pid):
    """Return the files a process and its children have open for writing."""
    files = set()
    for each in (pid, *children(pid)):
        for fd in Path(f"/proc/{each}/fd").iterdir():
            with suppress(OSError):
                flags = int((fd.parents[1] / "fdinfo" / fd.name).read_text().split("flags:\t")[1].split()[0], 8)
                if flags & (os.O_WRONLY | os.O_RDWR) and fd.resolve().is_file():
                    files.add(fd.resolve())
    return files


@contextmanager
def scanning(tmp_path, run_dir):
    """A process of ours in the middle of a page, whose every folder but `run_dir` is on a disk; killed at the end."""
    DocumentScannerRig(DEVICE, tmp_path)
    disk = tmp_path / "disk"
    disk.mkdir()
    places = dict.fromkeys(("HOME", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"), str(disk))
    environment = {**os.environ, **places, "PYTHONPATH": str(Path.cwd()), "PYTHONDONTWRITEBYTECODE": "1"}
    command = ["unshare", "-rm", "sh", "-c", ONE_DISK, "sh", disk, sys.executable, PROGRAM, run_dir]
    with subprocess.Popen(command, cwd=disk, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "scanning\n"
            yield process
        finally:
            process.kill()


def test_killed_in_mid_scan_no_disk_has_a_byte_and_the_next_start_wipes_the_rest(tmp_path, run_dir):
    with scanning(tmp_path, run_dir) as process, ExitStack() as watching:
        (page,) = run_dir.rglob("scan-*")
        assert page in (written := written_by(process.pid))
        assert all(memory.holds(file.parent) for file in written)
        (child,) = children(process.pid)
        ended = os.pidfd_open(child)
        watching.callback(os.close, ended)
        process.kill()
        assert select.select([ended], [], [], 1)[0], "the child outlives its parent"
    assert list((tmp_path / "disk").iterdir()) == []
    assert page.exists()
    PageStore(run_dir)
    assert list(run_dir.iterdir()) == []


def test_what_a_killed_process_left_is_wiped_at_the_next_start(run_dir):
    left = leftover(run_dir)
    PageStore(run_dir)
    assert not left.exists()


def test_the_end_of_a_session_wipes_what_anybody_left(run_dir):
    store = PageStore(run_dir)
    left, page = leftover(run_dir), leftover(run_dir)
    store.wipe()
    assert not left.exists()
    assert not page.exists()


def test_a_new_session_never_sees_the_pages_of_the_one_before(run_dir):
    store = PageStore(run_dir)
    first = store.begin()
    second = store.begin()
    assert (first.wiped, first.path.exists()) == (True, False)
    assert (second.wiped, second.path.exists()) == (False, True)


def test_a_store_on_a_disk_begins_and_takes_no_page(tmp_path):
    store = PageStore(tmp_path)
    with pytest.raises(DeviceError, match="not in memory"):
        store.begin()


def test_the_end_of_a_session_breaks_off_the_scan_under_way(tmp_path, run_dir, run, news):
    rig, store = DocumentScannerRig(DEVICE, tmp_path), PageStore(run_dir)
    with rig.device():
        driver = rig.driver(*SLOW)
        run(driver)
        news.wait_for(DeviceUp(DEVICE))
        driver.scan(ScanJob(1, store.begin()))
        news.wait_until(lambda events: any(isinstance(event, ScanProgress) for event in events))
        (child,) = children()
        ended = os.pidfd_open(child)
        store.wipe()
        news.wait_for(ScanEnded(DEVICE, 1, 0), patience_s=1)
    assert select.select([ended], [], [], 0)[0]
    os.close(ended)
    assert list(run_dir.rglob("*")) == []


def test_what_root_tries_the_kiosk_can_wipe(run_dir):
    if os.geteuid() == 0:
        os.chown(run_dir, 4321, 4321)
    folder = PageFolder(run_dir)
    owners = {path.stat().st_uid for path in (folder.path, folder.path.parent, run_dir)}
    assert len(owners) == 1


def test_reading_the_text_of_a_page_ends_when_it_is_wiped(run_dir, tmp_path, monkeypatch):
    slow = tmp_path / "tesseract"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    page = leftover(run_dir)
    threading.Timer(0.1, page.unlink).start()
    assert reading.text_of(page, 200, threading.Event(), page_s=5) is None
    assert children() == []

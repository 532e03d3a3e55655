"""Whether anybody is there where a scanner on the network is, seen by a connection on which nothing is said."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from drivers.document import network
from drivers.document.listed import At, at_of
from drivers.interface import Fault

HOST = "127.91.4.7"
ROOT = Path(__file__).parents[3]
TUNNELS = Path("/dev/net/tun")


@pytest.fixture
def server():
    with socket.create_server((HOST, 0)) as server:
        server.settimeout(2)
        yield server


@pytest.fixture
def beside(server):
    with network.IdleConnection((HOST,), server.getsockname()[1], Fault.SERVICE_DOWN) as beside:
        yield beside


@pytest.fixture
def stop():
    return threading.Event()


def hang_up(server):
    """Take a connection, and see that whoever it was notices."""
    client, _ = server.accept()
    client.close()


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("net:scans.local:epsonds:libusb:001:004", At("scans.local")),
        ("net:192.168.1.7:test:0", At("192.168.1.7")),
        ("net:[fe80::1]:test:0", At("fe80::1")),
        ("net:nothing", None),
        ("escl:http://192.168.1.7:8080", At("192.168.1.7", 8080)),
        ("airscan:escl:Kyocera M2040:https://kyocera.local/eSCL/", At("kyocera.local", 443)),
        ("airscan:wsd:HP:http://[fe80::1]:5358/x", At("fe80::1", 5358)),
        ("escl:http://host:99999", None),
        ("airscan:e0:Kyocera M2040", None),
        ("epsonds:libusb:001:004", None),
        ("EPSON DS-310", None),
    ],
)
def test_where_a_scanner_is_stands_in_its_name_or_is_not_known(name, at):
    assert at_of(name) == at


def test_one_connection_is_held_and_nothing_is_said_on_it(server, beside, stop):
    assert [beside.gone(stop) for _ in range(3)] == [None] * 3
    client, _ = server.accept()
    server.settimeout(0)
    with pytest.raises(BlockingIOError):
        server.accept()
    with client:
        beside.let_go()
        assert client.recv(10) == b""


def test_whoever_is_not_there_any_more_is_gone_at_once(server, beside, stop):
    assert beside.gone(stop) is None
    client, _ = server.accept()
    server.close()
    assert beside.gone(stop) is None
    client.close()
    assert beside.gone(stop) is Fault.SERVICE_DOWN


def test_once_somebody_answered_at_an_address_no_other_is_asked(server, stop):
    other, port = "127.91.4.8", server.getsockname()[1]
    with network.IdleConnection((other, HOST), port, Fault.SERVICE_DOWN) as beside:
        assert beside.gone(stop) is None
        with socket.create_server((other, port)):
            hang_up(server)
            server.close()
            assert beside.gone(stop) is Fault.SERVICE_DOWN


def test_letting_go_waits_for_the_other_side(server, beside, stop, monkeypatch):
    """A saned that lets one in at a time must have seen the end before it is asked."""
    monkeypatch.setattr(network, "_FAREWELL_S", 5)
    assert beside.gone(stop) is None
    client, _ = server.accept()
    parted = threading.Event()

    def part():
        client.recv(1)
        stop.wait(0.05)
        parted.set()
        client.close()

    threading.Thread(target=part).start()
    beside.let_go()
    assert parted.is_set()


def test_whoever_keeps_no_idle_connection_is_there_and_left_alone(server, beside, stop):
    for _ in range(2):
        assert beside.gone(stop) is None
        hang_up(server)
    assert [beside.gone(stop) for _ in range(3)] == [None] * 3
    server.settimeout(0)
    with pytest.raises(BlockingIOError):
        server.accept()


def test_whoever_lets_nobody_in_is_gone_within_half_a_second(stop):
    with socket.create_server((HOST, 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        with network.IdleConnection((HOST,), full.getsockname()[1], Fault.SERVICE_DOWN) as beside:
            assert beside.gone(stop) is Fault.UNPLUGGED
        for each in waiting:
            each.close()


def far(case):
    """Run a case of `far_scanner.py`, alone in its network, and return what it said."""
    alone = ["unshare", "--map-root-user", "--net", "--"]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode or not TUNNELS.exists():
        pytest.skip("no network of its own can be had here")
    program = [sys.executable, str(Path(__file__).with_name("far_scanner.py")), case]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests/drivers/rigs'}"}
    return subprocess.run([*alone, *program], check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout


def test_a_machine_that_falls_silent_is_gone_within_two_seconds():
    fault, took_s = far("silence").split()
    assert fault == "UNPLUGGED"
    assert float(took_s) < 2


def test_one_that_is_far_away_is_there():
    far("distance")


def test_two_packets_lost_side_by_side_leave_one_there():
    far("losses")


def test_a_name_is_looked_up_and_one_that_hangs_is_late(tmp_path, monkeypatch, stop):
    said = []
    assert network._addresses("localhost", stop, lambda: said.append("late"))
    assert said == []
    program = tmp_path / "getent"
    program.write_text("#!/bin/sh\nsleep 60\n")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert network._addresses("localhost", stop, lambda: said.append("late")) == ()
    assert said == ["late"]

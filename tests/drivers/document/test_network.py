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


_CUT_OFF = """
import socket, subprocess, threading, time
from drivers.document.network import IdleConnection
from drivers.interface import Fault
stop = threading.Event()
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
subprocess.run(["ip", "address", "add", "10.9.8.7/32", "dev", "lo"], check=True)
with socket.create_server(("10.9.8.7", 0)) as server:
    with IdleConnection(("10.9.8.7",), server.getsockname()[1], Fault.SERVICE_DOWN) as beside:
        for _ in range(8):
            assert beside.gone(stop) is None
            stop.wait(0.3)
        server.settimeout(0.1)
        held, _ = server.accept()
        try:
            server.accept()
        except TimeoutError:
            pass
        else:
            raise SystemExit("it was connected to twice")
        subprocess.run(["ip", "address", "del", "10.9.8.7/32", "dev", "lo"], check=True)
        since_s = time.monotonic()
        while (fault := beside.gone(stop)) is None:
            stop.wait(0.3)
        print(fault.name, time.monotonic() - since_s)
"""


def test_a_machine_that_falls_silent_is_gone_within_two_seconds():
    alone = ["unshare", "--map-root-user", "--net", "--"]
    if subprocess.run([*alone, "ip", "link"], check=False, capture_output=True).returncode:
        pytest.skip("no network of its own can be had here")
    done = subprocess.run([*alone, sys.executable, "-c", _CUT_OFF], check=True, cwd=ROOT, stdout=subprocess.PIPE)
    fault, took_s = done.stdout.split()
    assert fault == b"UNPLUGGED"
    assert float(took_s) < 2


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

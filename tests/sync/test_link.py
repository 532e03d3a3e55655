"""The link against brokers of other kinds: older, elsewhere, or outside their dates."""

from __future__ import annotations

import contextlib
import datetime as dt
import queue
import socket
import ssl
import threading
from random import SystemRandom

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from fleet import pki
from sync.link import AT_MOST_ONCE, Address, Door, Heard, Link, LinkDown, LinkUp, Subscription
from sync.tls import client_context

NOW = dt.datetime.now(dt.UTC)
# MQTT 3.1.1, 3.2 and 3.9: connection refused because of the version, accepted, subscribed; and a message at QoS 0.
REFUSED, ACCEPTED, SUBSCRIBED = b"\x20\x02\x00\x01", b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x00"
MESSAGE = b"\x30\x05\x00\x01tHi"


class OldBroker:
    """Speaks as much MQTT 3.1.1 over mutual TLS as a link needs, and refuses version 5."""

    def __init__(self, folder, valid_from):
        authority = pki.new_authority(NOW)
        server_key, server = pki.server_certificate(authority, "localhost", valid_from)
        client_key = pki.new_client_key()
        client = pki.client_certificate(authority, "kiosk-1", client_key.public_key(), NOW)
        files = {"ca": authority.certificate, "server": server, "client": client}
        for name, certificate in files.items():
            (folder / f"{name}.crt").write_bytes(certificate.public_bytes(Encoding.PEM))
        for name, key in {"server": server_key, "client": client_key}.items():
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.key").write_bytes(pem)
        self.client_tls = client_context(folder / "ca.crt", folder / "client.crt", folder / "client.key")
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(folder / "server.crt", folder / "server.key")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.door = Door("localhost", self.listener.getsockname()[1])
        self.versions = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            with plain, contextlib.suppress(OSError), self.tls.wrap_socket(plain, server_side=True) as connection:
                self.answer(connection)

    def answer(self, connection):
        self.versions.append(connection.recv(500)[8])
        if self.versions[-1] == 5:
            connection.sendall(REFUSED)
            return
        connection.sendall(ACCEPTED)
        asked = connection.recv(500)
        connection.sendall(SUBSCRIBED[:2] + asked[2:4] + SUBSCRIBED[4:] + MESSAGE)
        while connection.recv(500):
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()


@pytest.fixture
def broker(tmp_path, request):
    made = OldBroker(tmp_path, getattr(request, "param", NOW))
    yield made
    made.close()


@pytest.fixture
def connect(broker):
    """Start a link and return what it reports."""
    links = []

    def start(*doors, mqtt="auto"):
        events = queue.SimpleQueue()
        address = Address(doors, "kiosk-1", (Subscription("t", AT_MOST_ONCE),), reconnect_max_s=0.3, mqtt=mqtt)
        links.append(Link(address, broker.client_tls, events.put, SystemRandom()))
        links[-1].start()
        return events

    yield start
    for link in links:
        link.close()


def until_heard(events):
    seen = []
    while not seen or not isinstance(seen[-1], Heard):
        seen.append(events.get(timeout=10))
    return [type(event) for event in seen]


def test_a_broker_that_refuses_version_5_is_asked_again_in_3_1_1(broker, connect):
    assert until_heard(connect(broker.door)) == [LinkDown, LinkUp, Heard]
    assert broker.versions == [5, 4]


def test_a_refusal_is_named(broker, connect):
    assert connect(broker.door).get(timeout=10) == LinkDown("Unsupported protocol version")


def test_a_version_that_is_configured_is_the_only_one_asked_for(broker, connect):
    assert until_heard(connect(broker.door, mqtt="3.1.1")) == [LinkUp, Heard]
    assert broker.versions == [4]


def test_a_door_that_is_shut_leads_to_the_next(broker, connect):
    shut = Door("localhost", 1)
    assert until_heard(connect(shut, broker.door, mqtt="3.1.1")) == [LinkDown, LinkUp, Heard]


@pytest.mark.parametrize(
    "broker", [dt.datetime(2040, 1, 1, tzinfo=dt.UTC), dt.datetime(2001, 1, 1, tzinfo=dt.UTC)], indirect=True
)
def test_a_device_whose_clock_is_wrong_connects_all_the_same(connect, broker):
    assert until_heard(connect(broker.door, mqtt="3.1.1")) == [LinkUp, Heard]


def test_a_broker_of_another_authority_is_not_spoken_to(tmp_path, connect):
    (tmp_path / "other").mkdir()
    stranger = OldBroker(tmp_path / "other", NOW)
    down = connect(stranger.door).get(timeout=10)
    stranger.close()
    assert "certificate verify failed" in down.reason

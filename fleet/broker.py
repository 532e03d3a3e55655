"""What mosquitto must be told: mutual TLS, and each device held to its own topics. No I/O.

Source of the options: mosquitto.conf(5), mosquitto 2.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sync.topics import (
    ANNOUNCED,
    EVERY_FETCH,
    EVERY_STATE,
    EVERY_UP,
    ROOT,
    FetchTopic,
    FileTopic,
    StateTopic,
    StoredTopic,
    UpTopic,
)

if TYPE_CHECKING:
    from pathlib import Path

HUB_NAME = "hub"
PUBLISHER_NAME = "hub-publisher"
# Within the operator's folder; the broker writes it while it runs.
PID_FILE = "broker/mosquitto.pid"
# "hub-1" and so on: further ingest processes. No device may have such a name.
_HUB_NAMES = re.compile(rf"{HUB_NAME}(-\d+)?|{PUBLISHER_NAME}")


def ingest_name(number: int) -> str:
    """Return the name at the broker of the ingest process `number`, from 1."""
    return f"{HUB_NAME}-{number}"


def is_hub_name(name: str) -> bool:
    """Return whether `name` is the hub's or one of its processes'."""
    return _HUB_NAMES.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class BrokerFiles:
    """Where the broker's own files lie."""

    ca_file: Path
    certificate_file: Path
    key_file: Path
    revoked_file: Path  # of certificates; without it mosquitto does not start
    pid_file: Path
    acl_file: Path
    persistence_dir: Path
    user: str  # the account which mosquitto takes when root starts it; the files must be its own


def access_list(ingests: int = 0) -> str:
    """Return the access list for a hub with so many further ingest processes: %u is the certificate's common name."""
    up, state, stored = UpTopic("%u"), StateTopic("%u"), StoredTopic("%u")
    names = [HUB_NAME, *(ingest_name(number + 1) for number in range(ingests))]
    of_the_hub = [
        line
        for name in names
        for line in (
            f"user {name}",
            f"topic read {EVERY_UP}",
            f"topic read {EVERY_STATE}",
            f"topic write {ROOT}/+/stored",
            "",
        )
    ]
    return "\n".join(
        [
            *of_the_hub,
            f"user {PUBLISHER_NAME}",
            f"topic read {EVERY_FETCH}",
            f"topic write {ROOT}/+/file",
            f"topic write {ANNOUNCED}",
            "",
            *(f"pattern write {topic}" for topic in (up, state, FetchTopic("%u"))),
            *(f"pattern read {topic}" for topic in (stored, FileTopic("%u"))),
            f"pattern read {ANNOUNCED}",
            "",
        ]
    )


def configuration(files: BrokerFiles, address: str, port: int) -> str:
    """Return a mosquitto.conf which listens on `address`:`port` and nowhere else."""
    return f"""\
# Written by `guichet-hub init`. Nobody without a certificate of the fleet's authority gets in,
# and the certificate's name is the only name a client has.
user {files.user}
pid_file {files.pid_file}
per_listener_settings false
listener {port} {address}
cafile {files.ca_file}
certfile {files.certificate_file}
keyfile {files.key_file}
crlfile {files.revoked_file}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
allow_anonymous false
acl_file {files.acl_file}
tls_version tlsv1.2
# A frame is 60 kB at most. Who sends more is disconnected.
max_packet_size 70000
max_queued_messages 2000
max_keepalive 300
# 500 connections by mutual TLS in 1.7 s instead of 23 s.
set_tcp_nodelay true
persistence true
persistence_location {files.persistence_dir}/
log_type error
log_type warning
log_type notice
log_type information
connection_messages false
"""

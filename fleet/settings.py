"""The hub's own settings, and their file."""

from __future__ import annotations

import tomllib
from pathlib import Path  # noqa: TC003  (msgspec reads the annotations at run time)
from typing import Annotated

import msgspec


class HubConfigError(Exception):
    """The hub's settings cannot be used; the message says which and why."""


class Broker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The MQTT broker and the hub's certificates for it."""

    host: str
    ca_file: Path
    certificate_file: Path
    key_file: Path
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8883
    reconnect_max_s: Annotated[float, msgspec.Meta(gt=0)] = 2.0


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub's private keys (PEM files): one signs `stored`, the others open what devices sealed, old ones last."""

    signing_file: Path
    opening_files: Annotated[tuple[Path, ...], msgspec.Meta(min_length=1)]


class Ingest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further ingest process: its own name at the broker, by its certificate."""

    certificate_file: Path
    key_file: Path


_Positive = Annotated[float, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much one device may send to one ingest process; more is neither stored nor answered, so the device keeps it.

    A device's day is some hundred records. The bursts let through, at once, all that a full outbox can hold.
    """

    rows_per_s: _Positive = 2_000
    rows_burst: _Positive = 1_000_000
    bytes_per_s: _Positive = 1_000_000
    bytes_burst: _Positive = 256_000_000
    # Beyond it the device is put in quarantine. One with a wrong key sends four frames every five seconds: 2,880.
    refused_per_hour: _Positive = 1_000


class Publishing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The publishing process: its own name at the broker, by its certificate, and how much it gives."""

    certificate_file: Path
    key_file: Path
    # To all devices together: the broker carries their records and the hub's answers besides.
    bytes_per_s: _Positive = 20_000_000
    # A device asks for 125 kB a second by itself; beyond this it gets no answer.
    device_bytes_per_s: _Positive = 500_000
    device_burst_bytes: _Positive = 4_000_000


class HubConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the hub is told."""

    # SQLAlchemy's form. A database in memory would have the hub promise what the next restart forgets.
    database_url: Annotated[str, msgspec.Meta(pattern=r"^(postgresql.*://.+|sqlite:///(?!:memory:).+)$(?!\n)")]
    broker: Broker
    keys: Keys
    limits: Limits = Limits()
    ingests: tuple[Ingest, ...] = ()
    publishing: Publishing | None = None


def load(path: Path) -> HubConfig:
    """Return the settings in the TOML file at `path`; relative paths in it start from its folder.

    Raises:
        HubConfigError: the file cannot be read, or what it says cannot be used.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(table, HubConfig, dec_hook=lambda _, value: path.parent / str(value))
    except OSError as error:
        raise HubConfigError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise HubConfigError(f"{str(path)!r} is no hub configuration: {error}") from error

"""What this device is told now: its own `site.toml`, and over it the version in force. Adapter: files.

Whoever installs a device says where its files lie and who it is; no push may say otherwise, and a device without any
version runs on that file alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from config import vital_signs
from config.fault import ConfigError, Problem
from config.layers import Merged, merge
from config.needs import NAMING
from config.parse import from_merged
from config.store import load, read_layers
from config.versions import VersionError, note_of

if TYPE_CHECKING:
    from pathlib import Path

    from config.model import DeviceConfig

# From the general to the particular.
PUSHED = ("fleet.toml", "group.toml", "device.toml")
# What only `site.toml` may say: who the device is, and what is wired to it. A push to many devices that names another
# line would drive a relay, or a line that feeds something, where it means a lamp; and how loud an output can be is
# measured where people stand: a push that says less makes it shout.
AT_THE_SITE = (
    ("device",),
    ("hub",),
    ("broker", "ca_file"),
    ("broker", "certificate_file"),
    ("broker", "key_file"),
    ("scanner", "port"),
    ("scanner", "usb"),
    ("printer", "device"),
    ("printer", "queue"),  # the driver purges it: another's would lose all its jobs
    ("document_scanner", "device"),
    ("camera", "device"),
    ("sound", "device"),
    ("sound", "headphones"),
    ("sound", "full_scale_db"),
    ("keypad", "path"),
    ("keypad", "chip"),
    ("keypad", "previous"),
    ("keypad", "next"),
    ("keypad", "choose"),
    ("keypad", "back"),
    ("keypad", "active"),
    ("keypad", "pull"),
    ("lamp", "chip"),
    ("lamp", "green"),
    ("lamp", "amber"),
    ("lamp", "red"),
    ("lamp", "active"),
    ("power", "supplies"),
    ("power", "ignition_chip"),
    ("power", "ignition"),
    ("power", "ignition_active"),
)
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class InForce:
    """A version, 0 for the device as it was installed, and the configuration that it comes to."""

    version: int
    config: DeviceConfig


def folder(config: DeviceConfig) -> Path:
    """Return where a device keeps its versions."""
    return config.device.state_dir / "config"


def number_in_force(directory: Path) -> int:
    """Return which version `current` names; 0 where there is none."""
    try:
        return int((directory / "current").readlink().name)
    except (OSError, ValueError):
        return 0


def read_in_force(site: Path) -> InForce:
    """Return what the device with this `site.toml` is told now.

    Raises:
        ConfigError: the file, or what was pushed, cannot be used.
    """
    installed = load(site)
    directory = folder(installed)
    number = number_in_force(directory)
    return InForce(number, read_version(site, directory / "versions" / str(number)) if number else installed)


def begin(site: Path, process: str) -> InForce:
    """Say that `process` starts, and return what it is told; said first, since what it reads may end it.

    Raises:
        ConfigError: the file, or what was pushed, cannot be used.
    """
    run_dir = load(site).device.run_dir
    try:
        vital_signs.note_start(run_dir, process)
    except OSError as error:
        raise ConfigError((Problem("device.run_dir", f"cannot write {run_dir}: {error.strerror}"),)) from error
    return read_in_force(site)


def read_version(site: Path, version: Path) -> DeviceConfig:
    """Return the configuration that a version comes to on this device.

    Raises:
        ConfigError: it cannot be used here; each problem with its file and line.
    """
    own = read_layers([site])
    pushed = read_layers(path for name in PUSHED if (path := version / name).exists())
    said = merge(pushed)
    problems = [*_beyond(said), *_missing(said, version)]
    merged = merge([*own, *pushed])
    try:
        config = from_merged(merged)
    except ConfigError as error:
        raise ConfigError((*problems, *error.problems)) from error
    if problems:
        raise ConfigError(tuple(problems))
    return _resolved(config, said, version)


def _resolved(config: DeviceConfig, said: Merged, version: Path) -> DeviceConfig:
    """Let the settings that name a pushed file lead to it."""
    for section, key in NAMING:
        if _says(said, (section, key)):
            table = getattr(config, section)
            table = msgspec.structs.replace(table, **{key: version / "files" / getattr(table, key)})
            config = msgspec.structs.replace(config, **{section: table})
    return config


def _beyond(said: Merged) -> list[Problem]:
    """List what was pushed though only the device itself may say it."""
    return [
        Problem(".".join(path), "only the device's own site.toml may say this", said.place(path))
        for path in said.said()
        if any(path[: len(own)] == own for own in AT_THE_SITE)
    ]


def _missing(said: Merged, version: Path) -> list[Problem]:
    """List the files that were pushed by name and are not in the version."""
    problems = []
    for path in NAMING:
        if not _says(said, path):
            continue
        name = said.table[path[0]][path[1]]
        if not isinstance(name, str) or not _PLAIN_NAME.fullmatch(name):
            sentence = "a push names a file of its own, without a folder"
        elif not (version / "files" / name).is_file():
            sentence = _why_missing(version, name)
        else:
            continue
        problems.append(Problem(".".join(path), sentence, said.place(path)))
    return problems


def _why_missing(version: Path, name: str) -> str:
    try:
        reason = note_of(version).unmade.get(f"files/{name}")
    except VersionError:
        reason = None
    return f"{name!r} cannot be made: {reason}" if reason else f"there is no file {name!r} with it"


def _says(said: Merged, path: tuple[str, str]) -> bool:
    table, key = path
    return isinstance(said.table.get(table), dict) and key in said.table[table]

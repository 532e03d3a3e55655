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
from config.parse import from_merged
from config.store import load, read_layers

if TYPE_CHECKING:
    from pathlib import Path

    from config.model import DeviceConfig

# From the general to the particular.
PUSHED = ("fleet.toml", "group.toml", "device.toml")
# What only `site.toml` may say.
AT_THE_SITE = (
    ("device",),
    ("hub",),
    ("broker", "ca_file"),
    ("broker", "certificate_file"),
    ("broker", "key_file"),
    ("scanner", "port"),
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
    if _says(said, ("content", "pack")):
        pack = version / "files" / config.content.pack
        config = msgspec.structs.replace(config, content=msgspec.structs.replace(config.content, pack=pack))
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
    path = ("content", "pack")
    if not _says(said, path):
        return []
    name = said.table["content"]["pack"]
    if not isinstance(name, str) or not _PLAIN_NAME.fullmatch(name):
        return [Problem(".".join(path), "a push names a file of its own, without a folder", said.place(path))]
    if not (version / "files" / name).is_file():
        return [Problem(".".join(path), f"there is no file {name!r} with it", said.place(path))]
    return []


def _says(said: Merged, path: tuple[str, str]) -> bool:
    table, key = path
    return isinstance(said.table.get(table), dict) and key in said.table[table]

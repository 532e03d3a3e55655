"""Configurations as files of the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.fault import ConfigError, Problem
from config.layers import Layer
from config.parse import compose

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from config.model import DeviceConfig


def load(*paths: Path) -> DeviceConfig:
    """Return the configuration in the TOML files at `paths`, later ones over earlier ones.

    Raises:
        ConfigError: a file cannot be read, or what they say cannot be used.
    """
    return compose(read_layers(paths))


def read_layers(paths: Iterable[Path]) -> list[Layer]:
    """Return the documents at `paths`, as they are.

    Raises:
        ConfigError: some cannot be read; all of these are named.
    """
    layers, problems = [], []
    for path in paths:
        try:
            layers.append(Layer(str(path), path.read_text(encoding="utf-8")))
        except OSError as error:
            problems.append(Problem("", f"cannot read {path}: {error.strerror}"))
        except UnicodeDecodeError as error:
            problems.append(Problem("", f"{path} is not UTF-8: {error.reason}"))
    if problems:
        raise ConfigError(tuple(problems))
    return layers

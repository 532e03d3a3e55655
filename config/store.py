"""The configuration as a file of the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.fault import ConfigError, Problem
from config.parse import parse

if TYPE_CHECKING:
    from pathlib import Path

    from config.model import DeviceConfig


def load(path: Path) -> DeviceConfig:
    """Return the configuration in the TOML file at `path`.

    Raises:
        ConfigError: the file cannot be read, or what it says cannot be used.
    """
    try:
        document = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError((Problem("", f"cannot read {path}: {error.strerror}"),)) from error
    except UnicodeDecodeError as error:
        raise ConfigError((Problem("", f"{path} is not UTF-8: {error.reason}"),)) from error
    return parse(document, str(path))

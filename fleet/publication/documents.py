"""The configuration as the operator writes it, and as the repository has it. Adapter: files.

The folder of the operator has the same names: `fleet.toml`, `group/<g>/group.toml`, `group/<g>/device/<d>.toml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.fault import ConfigError, Problem
from config.needs import named, travels_as
from fleet.publication import roles, target_files
from fleet.publication.fault import PathRefusedError, PublicationError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fleet.publication.repository import Repository


def written(folder: Path) -> dict[str, Path]:
    """Return the operator's files, by the path under which devices look for them.

    Raises:
        PathRefusedError: a file has a name that no device looks for.
        PublicationError: there is no configuration.
    """
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*.toml"))}
    if not files:
        raise PublicationError(f"{str(folder)!r} holds no configuration")
    for path in files:
        if not is_configuration(path):
            raise PathRefusedError(f"{path!r} is no path that devices look for")
    return files


def in_force(repository: Repository) -> dict[str, Path]:
    """Return the configuration that devices get now, by path."""
    return {
        path: target_files.place(repository.folder / "targets", target)
        for name in repository.names()
        if name != roles.ONLINE and (role := repository.role(name)) is not None
        for path, target in role.targets.items()
        if is_configuration(path)
    }


def texts(files: Mapping[str, Path]) -> dict[str, str]:
    """Return what files say.

    Raises:
        ConfigError: some cannot be read, or are not UTF-8; all of these are named.
    """
    said, problems = {}, []
    for path, file in files.items():
        try:
            said[path] = file.read_text(encoding="utf-8")
        except OSError as error:
            problems.append(Problem("", f"cannot read {file}: {error.strerror}"))
        except UnicodeDecodeError as error:
            problems.append(Problem("", f"{file} is not UTF-8: {error.reason}"))
    if problems:
        raise ConfigError(tuple(problems))
    return said


def is_configuration(path: str) -> bool:
    """Tell whether a path is that of a configuration."""
    try:
        return path.endswith(".toml") and not path.startswith("content/") and bool(roles.role_of(path))
    except PathRefusedError:
        return False


def unpublished(repository: Repository, texts: Mapping[str, str]) -> list[str]:
    """Return the content that documents name and that is not published.

    Raises:
        ConfigError: a document is no TOML.
    """
    top = repository.role(roles.TARGETS)
    wanted = {f"content/{travels_as(name)}" for path, text in texts.items() for name in named({path: text})}
    return sorted(wanted - (top.targets.keys() if top else set()))

"""From what is in force and what is wanted to a proposal that key holders can sign. Adapter: files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuf.api.metadata import DelegatedRole, Delegations, Metadata, Root, TargetFile, Targets

from fleet.publication import roles
from fleet.publication.fault import PathRefusedError, ProposalError
from fleet.publication.proposal import Proposal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from securesystemslib.signer import Key

    from fleet.publication.keys import OnlineKeys
    from fleet.publication.repository import Repository


def keys(
    repository: Repository, holders: Sequence[Key], online: OnlineKeys, now: dt.datetime, threshold: int = 2
) -> Proposal:
    """Propose who signs from now on: the first keys, or others than now; every role is to be signed anew.

    Raises:
        ProposalError: there are fewer key holders than signatures needed, or one of them twice.
    """
    distinct = len({key.keyid for key in holders})
    if distinct != len(holders) or not 1 <= threshold <= distinct:
        raise ProposalError(f"{threshold} signatures of {distinct} different keys cannot be asked for")
    current = repository.root
    root = Root(version=current.version + 1 if current else 1, expires=now + roles.ROOT_LIFE)
    for role in (Root.type, Targets.type):
        for key in holders:
            root.add_key(key, role)
        root.roles[role].threshold = threshold
    root.add_key(online.snapshot.public_key, "snapshot")
    root.add_key(online.timestamp.public_key, "timestamp")
    groups = [name for name in repository.names() if name not in {roles.TARGETS, roles.ONLINE}]
    top = _next(repository, roles.TARGETS, now)
    top.delegations = Delegations({}, {})
    _delegate(top, roles.ONLINE, [online.online.public_key], 1)
    for name in groups:
        _delegate(top, name, holders, threshold)
    proposed: dict[str, Metadata[Any]] = {Root.type: Metadata(root), roles.TARGETS: Metadata(top)}
    return Proposal(proposed | {name: Metadata(_next(repository, name, now)) for name in groups})


def change(
    repository: Repository, files: Mapping[str, Path], now: dt.datetime, without: Collection[str] = ()
) -> Proposal:
    """Propose these files (by the path under which devices look for them), and to forget those in `without`.

    Only roles whose files differ are in it; where nothing differs there is none.

    Raises:
        ProposalError: nothing was published yet.
        PathRefusedError: no role may name a path, or only the hub's.
        OSError: a file cannot be read.
    """
    root, top = repository.root, repository.role(roles.TARGETS)
    if root is None or top is None or top.delegations is None:
        raise ProposalError("nothing is published yet: the first proposal must bring the keys")
    changed: dict[str, Targets] = {}
    needed: dict[str, Path] = {}
    for path in sorted({*files, *without}):
        name = roles.role_of(path)
        if name == roles.ONLINE:
            raise PathRefusedError(f"{path!r} is the hub's to sign")
        role = changed.get(name) or _next(repository, name, now)
        target = TargetFile.from_file(path, str(files[path]), ["sha256"]) if path in files else None
        if role.targets.get(path) == target:
            continue
        changed[name] = role
        if target is None:
            del role.targets[path]
        else:
            role.targets[path] = target
            needed[path] = files[path]
    known = top.delegations.roles or {}
    if new := sorted(changed.keys() - known.keys() - {roles.TARGETS}):
        top = changed.setdefault(roles.TARGETS, _next(repository, roles.TARGETS, now))
        signing = root.roles[Targets.type]
        for name in new:
            _delegate(top, name, [root.keys[keyid] for keyid in signing.keyids], signing.threshold)
    return Proposal({name: Metadata(role) for name, role in changed.items()}, needed)


def renewal(repository: Repository, now: dt.datetime) -> Proposal:
    """Propose what is in force, with a new life."""
    names = [name for name in repository.names() if name != roles.ONLINE]
    return Proposal({name: Metadata(_next(repository, name, now)) for name in names})


def _next(repository: Repository, name: str, now: dt.datetime) -> Targets:
    """Return the version of a role that would follow what is in force."""
    role = repository.role(name)
    if role is None:
        return Targets(expires=now + roles.TARGETS_LIFE)
    role.version += 1
    role.expires = now + roles.TARGETS_LIFE
    return role


def _delegate(top: Targets, name: str, holders: Iterable[Key], threshold: int) -> None:
    """Let these keys, and no role after, say what lies under a role's paths."""
    delegations = top.delegations
    if delegations is None or delegations.roles is None:
        raise ProposalError(f"the role {roles.TARGETS!r} delegates in another way than ours")
    role = DelegatedRole(name, [], threshold, terminating=True, paths=roles.patterns_of(name))
    delegations.roles[name] = role
    for key in holders:
        top.add_key(key, name)

"""The repository that devices read, on the hub's disk. Adapter: files.

    metadata/timestamp.json  metadata/7.snapshot.json  metadata/3.targets.json  metadata/2.root.json …
    targets/<folder>/<sha256>.<name>

What counts is what `timestamp.json` leads to; it is replaced last, so that who reads meanwhile, or after a cut, finds
the old state or the new one. Roots stay for ever: a device that was away follows them one by one.
"""

from __future__ import annotations

import datetime as dt
import fcntl
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from config import online as hub_word
from config.whole_file import sync_directory, write_whole
from fleet.publication import roles, target_files
from fleet.publication.fault import PathRefusedError, PublicationError, TargetFileError
from fleet.publication.verification import need_room, verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from fleet.publication.keys import OnlineKeys
    from fleet.publication.proposal import Proposal

# What was replaced stays for so long.
_KEPT = dt.timedelta(days=7)
_Signed = TypeVar("_Signed", Root, Snapshot, Targets, Timestamp)


class Repository:
    """The folder, and the keys with which the hub signs by itself."""

    def __init__(self, folder: Path, keys: Iterable[OnlineKeys]) -> None:
        self.folder = folder
        self._keys = list(keys)

    @property
    def root(self) -> Root | None:
        """The root in force; None before the first publication."""
        versions = [int(path.name.partition(".")[0]) for path in self._metadata.glob("*.root.json")]
        return self._read(f"{max(versions)}.root.json", Root) if versions else None

    def snapshot(self) -> Snapshot | None:
        """Return what is in force; None before the first publication."""
        if not (self._metadata / "timestamp.json").exists():
            return None
        timestamp = self._read("timestamp.json", Timestamp)
        return self._read(f"{timestamp.snapshot_meta.version}.snapshot.json", Snapshot)

    def role(self, name: str) -> Targets | None:
        """Return a role as it is in force."""
        return self.signed(name).signed if name in self.names() else None

    def signed(self, name: str) -> Metadata[Targets]:
        """Return a role that is in force, with its signatures.

        Raises:
            PublicationError: there is none, or it cannot be read.
        """
        snapshot = self.snapshot()
        meta = snapshot.meta.get(f"{name}.json") if snapshot else None
        if meta is None:
            raise PublicationError(f"the role {name!r} is not published yet")
        return self._load(f"{meta.version}.{name}.json", Targets)

    def names(self) -> list[str]:
        """Return the roles that name files."""
        snapshot = self.snapshot()
        return sorted(name.removesuffix(".json") for name in snapshot.meta) if snapshot else []

    def online_keys(self, root: Root | None) -> OnlineKeys:
        """Return those of the hub's keys that a root names.

        Raises:
            PublicationError: there is no root yet, or the hub does not have them.
        """
        if root is None:
            raise PublicationError("nothing is published yet: the first proposal must bring the keys")
        for keys in self._keys:
            ids = [[keys.snapshot.public_key.keyid], [keys.timestamp.public_key.keyid]]
            if [root.roles[name].keyids for name in (Snapshot.type, Timestamp.type)] == ids:
                return keys
        raise PublicationError("the hub does not have the snapshot and timestamp keys that the root names")

    def publish(self, proposal: Proposal, now: dt.datetime) -> None:
        """Let devices have what enough key holders have signed.

        Raises:
            PublicationError: signatures or files are missing, or it was made for another state of the repository.
        """
        with self._alone():
            root = verify(self, proposal)
            self._store_targets(proposal)
            changed = {name: metadata for name, metadata in proposal.roles.items() if name != Root.type}
            self._publish(changed | self._online({}, root, now), proposal.roles.get(Root.type), now)

    def tell(self, files: Mapping[str, bytes], now: dt.datetime) -> None:
        """Publish what the hub may say by itself (`config.online`), beside what it has said.

        Raises:
            OnlineError: a file is not of the form that the hub's word has.
            PathRefusedError: a path is not the hub's.
            PublicationError: nothing was published before.
        """
        for path, content in files.items():
            if roles.role_of(path) != roles.ONLINE:
                raise PathRefusedError(f"{path!r} needs key holders' signatures")
            _check_word(path, content)
        with self._alone():
            for path, content in files.items():
                stored = target_files.place(self._targets, TargetFile.from_data(path, content, ["sha256"]))
                stored.parent.mkdir(parents=True, exist_ok=True)
                write_whole(stored, content)
                sync_directory(stored.parent)
            self._publish(self._online(files, self.root, now), None, now)

    def renew(self, now: dt.datetime) -> None:
        """Sign the timestamp anew, and what else of the hub's has less than half its life left.

        Raises:
            PublicationError: nothing was published before.
        """
        with self._alone():
            self._publish(self._online({}, self.root, now), None, now)

    def keep_fresh(self, now: dt.datetime, every: dt.timedelta) -> None:
        """Renew what was signed longer than `every` ago, and drop what nothing in force names any more.

        Raises:
            PublicationError: something cannot be read or written.
        """
        if not (self._metadata / "timestamp.json").exists():
            return
        expires = self._read("timestamp.json", Timestamp).expires
        if expires - roles.TIMESTAMP_LIFE + every <= now:
            self.renew(now)
        with self._alone():
            self._forget_old(now)

    def _forget_old(self, now: dt.datetime) -> None:
        """Delete what was replaced a week ago: a device that is fetching it has begun anew long since."""
        named = {"timestamp.json"}
        targets: set[Path] = set()
        if (snapshot := self.snapshot()) is not None:
            named.add(f"{snapshot.version}.snapshot.json")
            named |= {f"{meta.version}.{name}" for name, meta in snapshot.meta.items()}
            for role in (self._read(f"{meta.version}.{name}", Targets) for name, meta in snapshot.meta.items()):
                targets |= {target_files.place(self._targets, target) for target in role.targets.values()}
        old = [path for path in self._metadata.glob("*.json") if path.name not in named and not _is_root(path)]
        old += [path for path in self._targets.glob("**/*") if path.is_file() and path not in targets]
        digests = {path.name.partition(".")[0] for path in targets}
        old += [path for path in (self.folder / "pieces").glob("*") if path.name.partition(".")[0] not in digests]
        for path in old:
            if path.stat().st_mtime < (now - _KEPT).timestamp():
                path.unlink()

    @property
    def _metadata(self) -> Path:
        return self.folder / "metadata"

    @property
    def _targets(self) -> Path:
        return self.folder / "targets"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from publishing meanwhile."""
        self._metadata.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            except TargetFileError as error:
                raise PublicationError(str(error)) from error
            except OSError as error:
                raise PublicationError(f"{error.filename or self.folder}: {error.strerror}") from error

    def _read(self, name: str, kind: type[_Signed]) -> _Signed:
        return self._load(name, kind).signed

    def _load(self, name: str, kind: type[_Signed]) -> Metadata[_Signed]:
        path = self._metadata / name
        try:
            metadata: Metadata[_Signed] = Metadata.from_bytes(path.read_bytes())
        except OSError as error:
            raise PublicationError(f"cannot read {str(path)!r}: {error.strerror}") from error
        except RepositoryError as error:
            raise PublicationError(f"{str(path)!r} is damaged: bring it back from a backup") from error
        if not isinstance(metadata.signed, kind):
            raise PublicationError(f"{str(path)!r} holds another role than its name says")
        return metadata

    def _store_targets(self, proposal: Proposal) -> None:
        for name, metadata in proposal.roles.items():
            for path, target in () if name == Root.type else metadata.signed.targets.items():
                if target_files.place(self._targets, target).exists():
                    continue
                source = proposal.files.get(path)
                if source is None:
                    raise PublicationError(f"the proposal lacks the file {path!r}")
                target_files.store(self._targets, target, source)

    def _online(self, files: Mapping[str, bytes], root: Root | None, now: dt.datetime) -> dict[str, Metadata[Any]]:
        """Return the hub's own role where it must be signed anew."""
        current = self.role(roles.ONLINE)
        word = current or Targets()
        signer = self.online_keys(root).online
        young = current and not _half_over(word.expires, roles.SNAPSHOT_LIFE, now)
        if young and not files and self.signed(roles.ONLINE).signatures.keys() == {signer.public_key.keyid}:
            return {}
        word.targets |= {path: TargetFile.from_data(path, content, ["sha256"]) for path, content in files.items()}
        word.version += 1 if current else 0
        word.expires = now + roles.SNAPSHOT_LIFE
        metadata = Metadata(word)
        metadata.sign(signer)
        return {roles.ONLINE: metadata}

    def _publish(self, changed: Mapping[str, Metadata[Any]], root: Metadata[Any] | None, now: dt.datetime) -> None:
        """Write roles, then what leads to them, the timestamp last."""
        current = self.snapshot()
        keys = self.online_keys(root.signed if root else self.root)
        snapshot = current or Snapshot(meta={})
        for name, metadata in changed.items():
            content = metadata.to_bytes()
            self._write(f"{metadata.signed.version}.{name}.json", content)
            snapshot.meta[f"{name}.json"] = _meta(metadata.signed.version, content)
        if changed or root or _half_over(snapshot.expires, roles.SNAPSHOT_LIFE, now):
            snapshot.version += 1 if current else 0
            snapshot.expires = now + roles.SNAPSHOT_LIFE
            signed = Metadata(snapshot)
            signed.sign(keys.snapshot)
            need_room(Snapshot.type, signed.to_bytes())
            self._write(f"{snapshot.version}.snapshot.json", signed.to_bytes())
        if root:
            self._write(f"{root.signed.version}.root.json", root.to_bytes())
        sync_directory(self._metadata)
        self._write("timestamp.json", self._timestamp(snapshot, keys, now))
        sync_directory(self._metadata)

    def _timestamp(self, snapshot: Snapshot, keys: OnlineKeys, now: dt.datetime) -> bytes:
        path = self._metadata / "timestamp.json"
        version = self._read(path.name, Timestamp).version if path.exists() else 0
        content = (self._metadata / f"{snapshot.version}.snapshot.json").read_bytes()
        timestamp = Timestamp(
            version=version + 1,
            expires=now + roles.TIMESTAMP_LIFE,
            snapshot_meta=_meta(snapshot.version, content),
            unrecognized_fields={"signed_at": now.astimezone(dt.UTC).isoformat(timespec="seconds")},
        )
        metadata = Metadata(timestamp)
        metadata.sign(keys.timestamp)
        return metadata.to_bytes()

    def _write(self, name: str, content: bytes) -> None:
        write_whole(self._metadata / name, content)


def _check_word(path: str, content: bytes) -> None:
    if path == hub_word.ROLLOUT:
        hub_word.rollouts(content)
    else:
        hub_word.group_word(content)


def _is_root(path: Path) -> bool:
    return path.name.endswith(".root.json")


def _meta(version: int, content: bytes) -> MetaFile:
    return MetaFile(version, len(content), {"sha256": sha256(content).hexdigest()})


def _half_over(expires: dt.datetime, life: dt.timedelta, now: dt.datetime) -> bool:
    return expires - now < life / 2

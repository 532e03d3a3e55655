"""What an operator and key holders do to bring a configuration to a device, by our own commands."""

from __future__ import annotations

import datetime as dt
import shutil

from demo.world import DEVICE, command
from fleet.publication import draft, keys
from fleet.publication.repository import Repository


class Publishing:
    """Three key holders of a small world's hub; two sign each push."""

    def __init__(self, world):
        self.world = world
        self.folder = world.folder / "holders"
        self.folder.mkdir()
        self.pushes = 0
        self.keys = [self.folder / f"{name}.key" for name in ("one", "two", "three")]
        for key in self.keys:
            command("guichet-hub", "signing", "new-key", str(key))
        public = [str(path) for path in sorted(self.folder.glob("*.pub"))]
        self._sign("signing", "holders", *public)
        command("guichet-hub", "enrol", DEVICE, "--out", str(world.folder / "kiosk/identity"), "--hub", str(world.hub))

    def push(self, document, **content):
        """Push a document for the fleet, and packs by name; what is no pack is signed unread, as another tool might."""
        drafts = self.folder / f"draft-{self.pushes}"
        (drafts / "content").mkdir(parents=True)
        (drafts / "config").mkdir()
        for name, data in content.items():
            if data.startswith(b"SQLite format 3"):
                path = drafts / "content" / f"{name}.pack"
                path.write_bytes(data)
                self._sign("push", "content", str(path))
            else:
                self._publish(self._unread(f"{name}.sheets", data))
        (drafts / "config/fleet.toml").write_text(document, encoding="utf-8")
        self._sign("push", "config", str(drafts / "config"))
        command("guichet-hub", "signing", "renew", "--hub", str(self.world.hub))
        self.carry()

    def carry(self):
        """Bring the repository to the device as a carrier does: each file whole, the timestamp last."""
        source, mirror = self.world.hub / "publication", self.world.state_dir / "mirror"
        files = [path for path in source.rglob("*") if path.is_file() and path.name != "timestamp.json"]
        for path in (*files, source / "metadata/timestamp.json"):
            target = mirror / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f"{target.name}.part")
            shutil.copyfile(path, unfinished)
            unfinished.replace(target)

    def _sign(self, *words):
        proposal = self._next_proposal()
        command("guichet-hub", *words, "--out", str(proposal), "--hub", str(self.world.hub))
        self._publish(proposal)

    def _unread(self, name, data):
        """Propose bytes that the operator's command would refuse."""
        source = self.folder / name
        source.write_bytes(data)
        repository = Repository(self.world.hub / "publication", keys.load_online(self.world.hub / "hub"))
        proposal = self._next_proposal()
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        draft.change(repository, {f"content/{name}": source}, now).write(proposal)
        return proposal

    def _publish(self, proposal):
        for key in self.keys[:2]:
            command("guichet-hub", "sign", str(proposal), "--key", str(key))
        command("guichet-hub", "publish", str(proposal), "--hub", str(self.world.hub))

    def _next_proposal(self):
        self.pushes += 1
        return self.folder / f"proposal-{self.pushes}"

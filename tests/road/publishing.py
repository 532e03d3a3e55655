"""Pushes to a small world's device, from documents and bytes that a test makes."""

from __future__ import annotations

import datetime as dt

import demo.publishing
from fleet.publication import draft, keys
from fleet.publication.repository import Repository


class Publishing(demo.publishing.Publishing):
    """Three key holders; two sign each push."""

    def __init__(self, world):
        super().__init__(world)
        self.world = world

    def push_document(self, document, **content):
        """Push a document for the fleet, and files by name with a `_` for their last dot."""
        folder = self._next("made")
        folder.mkdir()
        (folder / "fleet.toml").write_text(document, encoding="utf-8")
        for name, data in content.items():
            path = folder / "content" / ".".join(name.rsplit("_", 1))
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        self.push(folder)

    def push_unread(self, name, data):
        """Push bytes that the operator's command would refuse, as another tool might."""
        source = self.folder / name
        source.write_bytes(data)
        repository = Repository(self.world.hub / "publication", keys.load_online(self.world.hub / "hub"))
        proposal = self._next("proposal")
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        draft.change(repository, {f"content/{name}": source}, now).write(proposal)
        self.publish(proposal)

"""A hub with its key holders, and what travels from there: made once, copied where a test needs its own."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fleet.publication import draft
from fleet.publication.keys import OnlineKeys, signer_of
from fleet.publication.repository import Repository

START = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)


def new_signer():
    return signer_of(Ed25519PrivateKey.generate())


def new_online():
    return OnlineKeys(new_signer(), new_signer(), new_signer())


@dataclass
class Workshop:
    """The repository in `folder`, the keys of three holders and of the hub, and the time there."""

    folder: object
    holders: list = field(default_factory=lambda: [new_signer() for _ in range(3)])
    online: OnlineKeys = field(default_factory=new_online)
    now: dt.datetime = START

    @property
    def repository(self):
        return Repository(self.folder / "repository", [self.online])

    @property
    def mirror(self):
        return self.folder / "repository"

    @property
    def metadata(self):
        return self.mirror / "metadata"

    @property
    def now_s(self):
        return int(self.now.timestamp())

    def root(self, version=1):
        return (self.metadata / f"{version}.root.json").read_bytes()

    def establish(self):
        """Publish the first keys; return the workshop."""
        self.sign(draft.keys(self.repository, self.public(), self.online, self.now))
        return self

    def public(self):
        return [holder.public_key for holder in self.holders]

    def push(self, files, by=2):
        """Propose, sign and publish contents by path."""
        self.sign(self.propose(files), by)

    def propose(self, files):
        sources = {}
        for path, content in files.items():
            source = self.folder / "drafts" / path
            source.parent.mkdir(parents=True, exist_ok=True)
            source.write_bytes(content)
            sources[path] = source
        return draft.change(self.repository, sources, self.now)

    def sign(self, proposal, by=2):
        for holder in self.holders[:by]:
            proposal.sign(holder)
        self.repository.publish(proposal, self.now)

    def change_holder(self, place=0):
        """Take one holder's key back and give a new one; return the old one."""
        old, new = self.holders[place], new_signer()
        public = [new.public_key if holder is old else holder.public_key for holder in self.holders]
        proposal = draft.keys(self.repository, public, self.online, self.now)
        for holder in (*self.holders, new):
            proposal.sign(holder)
        self.repository.publish(proposal, self.now)
        self.holders[place] = new
        return old

    def pass_(self, **time):
        self.now += dt.timedelta(**time)

    def renew(self):
        self.repository.renew(self.now)

    def copy(self, to):
        """Return what a carrier brought until now."""
        shutil.copytree(self.mirror, to)
        return to

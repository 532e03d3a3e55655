"""What an operator and key holders do to bring a configuration to a device, by our own commands.

<folder>/holders/  the keys of three people, and each push as they were asked to sign it
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from demo.commands import command
from demo.site import DEVICE

if TYPE_CHECKING:
    from pathlib import Path

    from demo.world import World

_HOLDERS = ("anne", "basile", "chloe")
# Of keys that live as long as the small world does.
_PASSPHRASE = "correct horse battery staple"  # noqa: S105  (see above)


class Publishing:
    """Three key holders of a small world's hub; two sign each push."""

    def __init__(self, world: World) -> None:
        """Take up the holders' keys where they are; make and publish them where they are not.

        Raises:
            ProcessError: a command of ours refused.
        """
        os.environ["GUICHET_PASSPHRASE"] = _PASSPHRASE
        self._hub = world.hub
        self.folder = world.folder / "holders"
        self.keys = [self.folder / f"{name}.key" for name in _HOLDERS]
        if self.folder.exists():
            return
        self.folder.mkdir()
        for key in self.keys:
            command("guichet-hub", "signing", "new-key", str(key))
        self.sign("signing", "holders", *(str(key.with_suffix(".pub")) for key in self.keys))
        # The device's identity holds the root from now on.
        command("guichet-hub", "enrol", DEVICE, "--out", str(world.folder / "kiosk/identity"), "--hub", str(self._hub))

    def push(self, folder: Path) -> None:
        """Sign and publish `folder`: what lies in its `content/`, if anything, then its documents.

        Raises:
            ProcessError: a command of ours refused.
        """
        drafts = self._next("draft")
        shutil.copytree(folder, drafts)
        content = drafts / "content"
        if content.exists():
            self.sign("push", "content", *map(str, sorted(content.iterdir())))
            shutil.rmtree(content)
        self.sign("push", "config", str(drafts))

    def sign(self, *words: str) -> None:
        """Propose what a command of the operator's says, and let two holders sign it.

        Raises:
            ProcessError: a command of ours refused.
        """
        proposal = self._next("proposal")
        command("guichet-hub", *words, "--out", str(proposal), "--hub", str(self._hub))
        if proposal.exists():  # a push that changes nothing has nothing to sign
            self.publish(proposal)

    def publish(self, proposal: Path) -> None:
        """Let two holders sign a proposal, and publish it.

        Raises:
            ProcessError: a command of ours refused.
        """
        for key in self.keys[:2]:
            command("guichet-hub", "sign", str(proposal), "--key", str(key))
        command("guichet-hub", "publish", str(proposal), "--hub", str(self._hub))

    def _next(self, kind: str) -> Path:
        return self.folder / f"{kind}-{len(list(self.folder.iterdir()))}"

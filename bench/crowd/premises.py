"""The operator's side of a bench: its folder, the broker and the hub as processes, and what the database holds."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select

from demo.commands import command, free_ports, mosquitto
from demo.processes import Part
from fleet.hub.schema import rows
from fleet.hub.store import HubStore
from fleet.settings import load

if TYPE_CHECKING:
    from collections.abc import Sequence

_BIN = Path(sys.executable).parent
_READY_S = 60


class Premises:
    """One operator's folder and the processes that serve it."""

    def __init__(self, folder: Path, host: str = "localhost") -> None:
        """Take `folder`, empty, for a hub whose devices reach the broker as `host`."""
        self.folder = folder
        self.host = host
        self.hub = folder / "hub"
        (self.port,) = free_ports(1)
        self.second_port = 0
        self.parts: dict[str, Part] = {}

    def establish(self, *options: str) -> None:
        """Make the operator's folder as an operator does."""
        listener = ("--host", self.host, "--port", str(self.port), "--listen", "127.0.0.1")
        command("guichet-hub", "init", "--hub", str(self.hub), *listener, *options)

    def ingest_names(self) -> list[str]:
        """Return the names which the hub's processes have at the broker: those of their certificates."""
        certificates = [x509.load_pem_x509_certificate(file.read_bytes()) for file in (self.hub / "hub").glob("*.crt")]
        names = [one.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value for one in certificates]
        return sorted(str(name) for name in names)

    def start_broker(self, hub: Path | None = None, name: str = "broker") -> Part:
        """Start mosquitto as the operator's folder (or its copy) configures it."""
        return self.start(name, [mosquitto(), "-c", str((hub or self.hub) / "mosquitto.conf")], "running")

    def start_hub(self, *options: str, name: str = "hub", hub: Path | None = None, before: Sequence[str] = ()) -> Part:
        """Start one ingest process and wait until it has met the broker; the words `before` start what starts it."""
        part = self.begin_hub(*options, name=name, hub=hub, before=before)
        part.wait_ready(_READY_S)
        return part

    def begin_hub(self, *options: str, name: str = "hub", hub: Path | None = None, before: Sequence[str] = ()) -> Part:
        """Start one ingest process, and wait for nothing."""
        command = [*before, str(_BIN / "guichet-hub"), "run", "--hub", str(hub or self.hub), *options]
        return self.begin(name, command, "link up")

    def start(self, name: str, argv: Sequence[str], ready_when: str) -> Part:
        """Start a process and wait until it says that it is ready."""
        part = self.begin(name, argv, ready_when)
        part.wait_ready(_READY_S)
        return part

    def begin(self, name: str, argv: Sequence[str], ready_when: str) -> Part:
        """Start a process, and wait for nothing."""
        part = self.parts[name] = Part(name, list(argv), self.folder / f"{name}.log", ready_when)
        return part

    def use_database(self, url: str) -> None:
        """Have the hub keep its rows at `url`, as an operator does: in `hub.toml`."""
        settings = self.hub / "hub.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(re.sub('database_url = ".*"', f'database_url = "{url}"', text), encoding="utf-8")

    def copy_for_second_broker(self) -> Path:
        """Copy the operator's folder for a second machine, whose broker listens on another port; return the copy."""
        second, (port,) = self.folder / "hub-2", free_ports(1)
        shutil.copytree(self.hub, second)
        for name in ("hub.toml", "mosquitto.conf"):
            text = (second / name).read_text(encoding="utf-8")
            text = text.replace(f"{self.hub}/", f"{second}/").replace(str(self.port), str(port))
            (second / name).write_text(text, encoding="utf-8")
        self.second_port = port
        return second

    def rows(self) -> int:
        """Return how many rows the hub's database holds."""
        store = HubStore.open(load(self.hub / "hub.toml").database_url)
        with store.transaction() as connection:
            count = connection.scalar(select(func.count()).select_from(rows))
        store.close()
        return int(count or 0)

    def end(self) -> None:
        """End every process, last started first."""
        for part in reversed(self.parts.values()):
            part.end()
        self.parts.clear()


def rss_mib(part: Part) -> float:
    """Return the memory which a process holds now (proc(5), VmRSS)."""
    status = Path(f"/proc/{part.pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

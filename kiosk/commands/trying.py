"""A device being tried: its driver under a supervisor, and what a technician is told of it. Adapter (the device)."""

from __future__ import annotations

import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Annotated, Self

import typer

from drivers.interface import DeviceDown, DeviceUp, Fault
from drivers.supervisor import Supervisor

if TYPE_CHECKING:
    from drivers.driver import Driver
    from drivers.news import DeviceEvent

Config = Annotated[Path, typer.Option(help="The device's configuration (TOML).")]
Seconds = Annotated[float, typer.Option("--for", help="Seconds to wait for it.")]
SITE = Path("/etc/guichet/site.toml")
WORDS = {
    Fault.STARTING: "is being opened, and says nothing yet",
    Fault.UNPLUGGED: "is not there: cable, power, address",
    Fault.REFUSED: "is there, but this user may not open it: groups, rules of udev",
    Fault.AMBIGUOUS: "may be any of several: name it more closely, or unplug one (the log says which)",
    Fault.NO_ROOM: "gives more than there is memory for",
    Fault.BUSY: "is held by another process: stop the kiosk first (systemctl stop guichet-kiosk)",
    Fault.SERVICE_DOWN: "cannot be asked: the system's service for it does not run",
    Fault.NOT_ANSWERING: "is there and does not answer, or answers nonsense: speed, cable, model",
    Fault.OUT_OF_PAPER: "has no paper",
    Fault.COVER_OPEN: "has its cover open",
    Fault.PAPER_JAMMED: "has its paper jammed",
    Fault.CUTTER_JAMMED: "has its cutter jammed",
    Fault.OVERHEATED: "is too hot",
    Fault.OFFLINE: "says that it is offline",
    Fault.BROKEN: "says that it must be repaired",
    Fault.CRASHED: "made our driver fail: see the log",
    Fault.HANGING: "does not come back from a call",
}


class TryError(Exception):
    """The device did not do what it should; the message says what to look at."""


class Trying:
    """One driver under a supervisor, and its news in a queue: a context."""

    def __init__(self, driver: Driver, what: str) -> None:
        self._what = what
        self._news: SimpleQueue[DeviceEvent] = SimpleQueue()
        self._supervisor = Supervisor([driver], self._news.put)

    def __enter__(self) -> Self:
        self._supervisor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._supervisor.stop()

    def until_up(self, patience_s: float) -> None:
        """Wait until it serves.

        Raises:
            TryError: it does not; the first reason it gives is not waited out, for a technician stands before it.
        """
        match self._first(patience_s):
            case DeviceUp(_, caution):
                note = f", {caution.name.lower().replace('_', ' ')}" if caution else ""
                typer.echo(f"the {self._what} answers{note}")
            case DeviceDown(_, fault):
                raise TryError(f"the {self._what} {WORDS[fault]}")
            case _:
                raise TryError(f"the {self._what} says nothing")

    def _first(self, patience_s: float) -> DeviceEvent | None:
        """Return the first news of whether it serves; that it is not known yet is none."""
        until_s = time.monotonic() + patience_s
        while True:
            event = self.next_of(DeviceUp | DeviceDown, until_s - time.monotonic())
            if not (isinstance(event, DeviceDown) and event.fault is Fault.STARTING):
                return event

    def next_of(self, kinds: object, patience_s: float) -> DeviceEvent | None:
        """Return the next news of these kinds; None where none comes."""
        until_s = time.monotonic() + patience_s
        while True:
            try:
                event = self._news.get(timeout=max(0.0, until_s - time.monotonic()))
            except Empty:
                return None
            if isinstance(event, kinds):  # type: ignore[arg-type]  # a union of classes
                return event

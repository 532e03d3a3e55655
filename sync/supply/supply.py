"""Brings what the hub publishes to this device's mirror, one event at a time. Adapter: files, and a link to ask by.

It only listens and asks. What it hears is judged before it counts for anything, what it gathers survives a restart,
and what the disk or the hub refuses is tried again later: nothing waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from config.distrust import TrustError
from sync.rejected import Rejected
from sync.supply.gathering import Fault, Gathering, GatheringError
from sync.supply.message import MAX_GIVEN_BYTES, decode_given, encode_fetch
from sync.topics import FetchTopic

if TYPE_CHECKING:
    from collections.abc import Callable

    from sync.budget import Budget
    from sync.delivery import Publisher
    from sync.supply.asking import Asking
    from sync.supply.message import Part
    from sync.supply.shelf import Shelf

log = structlog.get_logger()
# What a disk or the hub refused may go later; a new announcement begins at once.
_AGAIN_S = 60.0
_MOST_AGAIN_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Announced:
    """The hub's latest timestamp."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a fetch, as it came."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker is in reach, or no more."""

    up: bool


Event = Announced | Answered | Connected


class Supply:
    """Listens and asks, one event at a time; `open_shelf` is called at the first announcement: judging loads late."""

    def __init__(
        self, device: str, publisher: Publisher, budget: Budget, asking: Asking, open_shelf: Callable[[], Shelf]
    ) -> None:
        self._topic = str(FetchTopic(device))
        self._publisher = publisher
        self._budget = budget
        self._asking = asking
        self._open_shelf = open_shelf
        self._shelf: Shelf | None = None
        self._gatherings: list[Gathering] = []
        self._up = False
        self._announced = b""
        self._again_s: float | None = None
        self._wait_s = _AGAIN_S

    def handle(self, event: Event | None, now_s: float) -> None:
        """Take an event, None as time passed, and ask for what may be asked now.

        What the hub or the disk refuses is put off. `now_s` comes from a clock that never jumps.
        """
        try:
            self._take(event, now_s)
        except GatheringError as error:
            self._put_off(str(error), now_s)
        except OSError as error:
            self._put_off(f"{error.filename or 'the disk'}: {error.strerror}", now_s)
        self._send(now_s)

    def next_deadline_s(self, now_s: float) -> float | None:
        """Return when time alone brings something to do."""
        due = [self._again_s]
        if self._up:
            free_s = self._asking.free_s
            if free_s is not None:
                free_s = max(free_s, self._budget.next_s(MAX_GIVEN_BYTES, now_s) or 0.0)
            due += [self._asking.late_s, free_s]
        return min((each for each in due if each is not None), default=None)

    def close(self) -> None:
        """Let go of what is under way; what came stays for the next time."""
        self._asking.forget()
        for gathering in self._gatherings:
            gathering.close()
        self._gatherings = []

    def _take(self, event: Event | None, now_s: float) -> None:
        match event:
            case Connected(up):
                self._up = up
                self._asking.link_down()
            case Announced(content):
                if content != self._announced:
                    self._announced, self._again_s, self._wait_s = content, None, _AGAIN_S
                    self._announce()
            case Answered(payload):
                self._budget.sent(len(payload), now_s)
                self._answered(payload, now_s)
            case None:
                self._asking.ticked(now_s)
                if self._again_s is not None and now_s >= self._again_s:
                    self._again_s = None
                    self._announce()

    def _announce(self) -> None:
        self._shelf = self._shelf or self._open_shelf()
        if self._shelf.announce(self._announced):
            self._advance(self._shelf)

    def _answered(self, payload: bytes, now_s: float) -> None:
        given = decode_given(payload)
        if isinstance(given, Rejected):
            log.warning("answer refused", reason=str(given))
            return
        parts = self._asking.given(given, len(payload), now_s)
        for part in parts:
            self._gather(part)
        if parts and self._shelf is not None and all(gathering.done for gathering in self._gatherings):
            self._advance(self._shelf)

    def _gather(self, part: Part) -> None:
        for gathering in self._gatherings:
            try:
                self._asking.want(gathering.take(part))
            except GatheringError as error:
                if error.fault is not Fault.ABSENT or self._shelf is None or not self._shelf.may_lack(part.name):
                    raise
                self._gatherings.remove(gathering)
                return

    def _advance(self, shelf: Shelf) -> None:
        """Ask for what is lacking, until nothing is."""
        while True:
            self.close()
            try:
                self._gatherings = shelf.lacking()
            except TrustError as error:
                log.error("what is announced is not believed", reason=str(error))  # noqa: TRY400  (the sentence says all)
                shelf.forget()
                return
            if not self._gatherings:
                log.info("supplied")
                self._wait_s = _AGAIN_S
                return
            for gathering in self._gatherings:
                self._asking.want(gathering.begin())
            if not all(gathering.done for gathering in self._gatherings):
                return

    def _put_off(self, reason: str, now_s: float) -> None:
        log.warning("supply must wait", reason=reason, wait_s=self._wait_s)
        self.close()
        self._again_s = now_s + self._wait_s
        self._wait_s = min(2 * self._wait_s, _MOST_AGAIN_S)

    def _send(self, now_s: float) -> None:
        while self._up and self._asking.free_s is not None and self._budget.may_send(MAX_GIVEN_BYTES, now_s):
            fetch = self._asking.next(now_s)
            if fetch is None:
                return
            if not self._publisher.publish(self._topic, encode_fetch(fetch)):
                self._up = False  # the link says when there is another
                self._asking.link_down()

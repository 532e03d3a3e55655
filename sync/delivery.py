"""The device's end at work: ledger, outbox and link, one event at a time.

`DeviceEnd.handle` runs in one thread only. What it cannot do now (no link, no disk) it does at the next event:
nothing is remembered here that the outbox does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from sync.framing import birth, next_frame
from sync.lane import is_urgent
from sync.ledger import DeviceLedger
from sync.link import Heard, LinkDown, LinkEvent, LinkUp
from sync.outbox import Confirmation
from sync.settlement import settle
from sync.topics import StateTopic, StoredTopic, UpTopic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sync.budget import Budget
    from sync.chain import Range
    from sync.configuration import Configuration
    from sync.framing import Identity
    from sync.ledger import Send
    from sync.outbox import Outbox, Verdict
    from sync.pace import Pace

log = structlog.get_logger()
# Ingest processes which may answer by turns; a forgotten one costs frames sent twice, nothing else.
_KNOWN_SESSIONS = 64
# A broker that lost its cluster keeps a connection open for ever: after so many rounds without an answer try another.
_RENEW_AFTER = 3
# What the hub cannot settle now (the one process that reads births is away) is not asked again more often.
_SELDOM_S = 60.0
# A birth can be 15 kB: a configuration that changes from second to second must not fill the link.
_REPORT_AT_MOST_EVERY_S = 5.0
# The hub takes a day without a word for a failure; a device where nobody comes has nothing else to send.
_SIGN_OF_LIFE_S = 8 * 3_600.0


class Publisher(Protocol):
    """What delivery asks of a link."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Send, and return whether it went out."""
        ...

    def renew(self) -> None:
        """Make another connection: this one carries nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Woken:
    """Something was queued."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time passed."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The device's configuration stands like this now; None where nothing is known of it."""

    configuration: Configuration | None


DeviceEvent = LinkEvent | Woken | Ticked | Reported


class DeviceEnd:
    """Sends what the outbox holds, and lets it forget what the hub has proved to have."""

    def __init__(  # noqa: PLR0913, PLR0917  (each is another thing; `wiring` of the process is the only caller)
        self, identity: Identity, outbox: Outbox, publisher: Publisher, keep_bytes: int, pace: Pace, budget: Budget
    ) -> None:
        self._identity = identity
        self._outbox = outbox
        self._publisher = publisher
        self._keep_bytes = keep_bytes
        self._pace = pace
        self._budget = budget
        self._ledger = DeviceLedger()
        self._sessions: dict[bytes, None] = {}
        self._unanswered = 0
        # Frames go to a hub that has answered on this connection: to no other, they would go twice.
        self._heard = False
        # But a birth is answered by one certain ingest process, a frame by any: when that one is away, a frame asks.
        self._probing = False
        # A birth went out and nothing has come since; or there is something to say that none has settled yet.
        self._awaiting = False
        self._to_tell = False
        self._ask_again_s = 0.0
        self._ask_wait_s = pace.patience_s
        self._epoch = outbox.epoch()
        # What is so of the configuration, what the last birth said of it, and when that one was tried.
        self._configuration: Configuration | None = None
        self._reported: Configuration | None = None
        self._born_s = 0.0

    @property
    def ledger(self) -> DeviceLedger:
        """What is queued, sent and stored; for reading."""
        return self._ledger

    def handle(self, event: DeviceEvent, now_s: float) -> None:
        """Take one event and do all that can be done now; `now_s` comes from a clock that never jumps.

        Raises:
            OutboxError: the outbox cannot be read or written.
        """
        match event:
            case LinkUp():
                self._pace.link_up()
                self._ledger.link_up()
                self._heard = self._probing = False
                self._ask_wait_s = self._pace.patience_s
                # Said first: an outbox that is held just now must not let the link pass unused.
                self._await(now_s)
                self._look()
                self._ask(now_s)
            case LinkDown():
                self._heard = False
                self._ledger.link_down()
            case Heard(topic, payload, retained) if topic == str(StoredTopic(self._identity.device)):
                self._stored(payload, now_s, retained=retained)
            case Heard(topic):
                log.warning("message on a topic nobody reads", topic=topic)
            case Woken():
                self._look()
            case Ticked():
                self._look()
                self._be_patient(now_s)
            case Reported(configuration):
                self._configuration = configuration
        if self._ledger.online and now_s >= self._birth_due_s:
            self._ask(now_s)
        self._send(now_s)

    def next_deadline_s(self, now_s: float) -> float | None:
        """Return when `Ticked` is due: patience ends, there is something to say, or the budget has room again."""
        if not self._ledger.online:
            return None
        if not self._heard:
            return min(self._ask_again_s, self._birth_due_s)
        deadlines = [self._birth_due_s, self._ledger.next_deadline_s(), self._ask_again_s if self._to_tell else None]
        send = self._ledger.next_send()
        if send is not None and not send.urgent:
            deadlines.append(self._budget.next_s(self._pace.frame_bytes, now_s))
        return min((each for each in deadlines if each is not None), default=None)

    @property
    def _birth_due_s(self) -> float:
        news = self._configuration not in {None, self._reported}
        return self._born_s + (_REPORT_AT_MOST_EVERY_S if news else _SIGN_OF_LIFE_S)

    def _look(self) -> None:
        unsent = self._outbox.unsent_streams()
        self._ledger.keep_only({stream.stream for stream in unsent})
        for stream in unsent:
            self._ledger.queued(stream.stream, stream.last.seq, stream.stored.seq, urgent=is_urgent(stream.lane))
        if (epoch := self._outbox.epoch()) != self._epoch:  # by whichever carrier its word came
            self._to_tell, self._epoch = self._outbox.has_unasked() or bool(self._outbox.lost()), epoch

    def _ask(self, now_s: float) -> None:
        """Say what is here, and how far the hub had it: it answers with how far it has it."""
        self._await(now_s)
        self._born_s = now_s
        hello = birth(self._identity, self._outbox, self._configuration)
        if self._publisher.publish(str(StateTopic(self._identity.device)), hello, retain=True):
            self._reported = self._configuration
        self._budget.sent(len(hello), now_s)
        self._to_tell = self._outbox.has_unasked()
        self._ask_wait_s = min(_SELDOM_S, 2 * self._ask_wait_s)

    def _await(self, now_s: float) -> None:
        self._awaiting, self._ask_again_s = True, now_s + self._ask_wait_s

    def _be_patient(self, now_s: float) -> None:
        self._ledger.patience_s = self._pace.patience_s
        late = self._ledger.ticked(now_s)
        due = self._ledger.online and now_s >= self._ask_again_s
        if late or (due and self._awaiting):
            self._pace.lost()
            self._unanswered += 1
            self._probing = not self._heard
            if self._unanswered % _RENEW_AFTER == 0:
                log.warning("nobody answers", rounds=self._unanswered)
                self._publisher.renew()
                self._ask_again_s = now_s + self._ask_wait_s  # the new connection asks at once
                return
        # Rows beyond a loss wait until the hub has been told of it.
        if (due and (self._awaiting or self._to_tell)) or (late and self._outbox.lost()):
            self._ask(now_s)

    def _stored(self, payload: bytes, now_s: float, *, retained: bool) -> None:
        settled = settle(self._identity, self._outbox, payload)
        if settled is None:
            return
        in_flight = self._ledger.in_flight
        for verdict in settled.verdicts:
            self._note(verdict, settled.stored.want.get(verdict.stream.stream, ()))
        self._pace.answered(now_s, in_flight - self._ledger.in_flight)
        if settled.news:
            self._outbox.forget_stored(self._keep_bytes)
        if settled.back:
            self._to_tell = True
        if settled.back or settled.told_anew:
            self._ask_wait_s = self._pace.patience_s
            self._ask_again_s = min(self._ask_again_s, now_s + self._ask_wait_s)
        if not retained:
            self._awaiting, self._unanswered = False, 0
            self._to_tell |= settled.over
            self._meet(settled.stored.session, now_s)

    def _note(self, verdict: Verdict, want: Sequence[Range]) -> None:
        stream, tip = verdict.stream, verdict.tip
        match verdict.outcome:
            case Confirmation.CONFIRMED | Confirmation.KNOWN:
                self._ledger.confirmed(stream.stream, tip.seq, want)
            case Confirmation.BEHIND | Confirmation.LOST:
                self._ledger.rewound(stream.stream, tip.seq, stream.last.seq, urgent=is_urgent(stream.lane))
            case Confirmation.FORKED:
                self._ledger.set_aside(stream.stream)

    def _meet(self, session: bytes, now_s: float) -> None:
        """Take note of an ingest process that came (back) to the broker: frames in flight may have met nobody."""
        first_word, self._heard = not self._heard, True
        if session in self._sessions:
            return
        self._sessions[session] = None
        while len(self._sessions) > _KNOWN_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        if not first_word:
            self._ledger.hub_up()
            self._ask(now_s)

    def _send(self, now_s: float) -> None:
        if not self._heard and not self._probing:
            return
        self._ledger.window = self._pace.window
        while (send := self._ledger.next_send()) is not None:
            if not send.urgent and not self._budget.may_send(self._pace.frame_bytes, now_s):
                return
            if not self._send_frame(send, now_s):
                self._ledger.link_down()

    def _send_frame(self, send: Send, now_s: float) -> bool:
        span = (send.first_seq, send.last_seq)
        frame = next_frame(self._identity, self._outbox, send.stream, span, self._pace.frame_bytes)
        if frame is None:  # lost for good; the hub passes over it once it knows
            self._ledger.sent(send.stream, send.last_seq, now_s)
            return True
        if not self._publisher.publish(str(UpTopic(self._identity.device)), frame.payload):
            return False
        self._ledger.sent(send.stream, frame.last_seq, now_s)
        self._pace.sent(now_s)
        self._budget.sent(len(frame.payload), now_s)
        return True

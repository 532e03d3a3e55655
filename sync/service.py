"""The sync service of a device: builds every object of the process and runs its one loop."""

from __future__ import annotations

import queue
import threading
import time
from functools import partial
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog

from sync import keys
from sync.budget import Budget
from sync.configuration_report import ConfigurationReport
from sync.delivery import DeviceEnd, Reported, Ticked, Woken
from sync.framing import Identity, farewell
from sync.link import AT_MOST_ONCE, Address, Door, Heard, Link, LinkDown, LinkEvent, LinkUp, Subscription, Will
from sync.link_report import LinkReport
from sync.lock import Lock
from sync.metered import is_metered
from sync.outbox import OutboxError, OutboxFault
from sync.outbox.salvage import open_mended
from sync.pace import Pace
from sync.supply import open_shelf, supply
from sync.supply.asking import Asking
from sync.supply.thread import SupplyThread
from sync.tls import client_context
from sync.topics import ANNOUNCED, FileTopic, StateTopic, StoredTopic
from sync.wakeup import WakeupSocket

if TYPE_CHECKING:
    from config.model import DeviceConfig
    from sync.delivery import DeviceEvent

log = structlog.get_logger()
# A safety net only: queueing wakes the service at once.
_LOOK_AGAIN_S = 15.0
# Nobody wakes the service when the keeper has something to say: a stat takes 2 µs.
_LOOK_AT_CONFIGURATION_S = 2.0
_PASSING = (OutboxFault.NO_SPACE, OutboxFault.BUSY)


class SyncService:
    """Runs until `stop` is called, from any thread or signal handler."""

    def __init__(self, config: DeviceConfig, version: int = 0) -> None:
        """Read the keys and open the outbox; `version` is the configuration's, for others to know.

        Raises:
            AlreadyRunningError: another sync service serves this outbox.
            OutboxError, KeyFileError, CertificateFileError, OSError: what the service needs is not there.
        """
        self._config = config
        name = config.device.name
        config.device.run_dir.mkdir(parents=True, exist_ok=True)
        config.device.state_dir.mkdir(parents=True, exist_ok=True)
        self._lock = Lock(config.device.state_dir / "sync.lock")
        broker = config.broker
        tls = client_context(broker.ca_file, broker.certificate_file, broker.key_file)
        identity = Identity(
            name, keys.load_signing(broker.key_file), keys.load_signing_public(config.hub.signing_key_file)
        )
        self._events: queue.SimpleQueue[LinkEvent | Woken | None] = queue.SimpleQueue()
        self._file_topic = str(FileTopic(name))
        self._woken = threading.Event()
        self._wakeup = WakeupSocket(config.device.run_dir / "wake.sock")
        self._outbox = open_mended(config.device.state_dir / "outbox.db", name)
        address = Address(
            doors=(Door(broker.host, broker.port), *map(Door.parse, broker.others)),
            client_id=name,
            # Answers are retained, cumulative or asked for again: they need no handshake of their own.
            subscriptions=tuple(
                Subscription(topic, AT_MOST_ONCE) for topic in (str(StoredTopic(name)), ANNOUNCED, self._file_topic)
            ),
            reconnect_max_s=broker.reconnect_max_s,
            mqtt=broker.mqtt,
            will=Will(str(StateTopic(name)), farewell(identity)),
        )
        self._link = Link(address, tls, self._emit, SystemRandom())
        self._hindered = False
        self._budget = Budget()
        keep_bytes = config.outbox.limit_bytes // 2
        self._end = DeviceEnd(identity, self._outbox, self._link, keep_bytes, Pace(), self._budget)
        self._report = LinkReport(config.device.run_dir / "link.json", config.outbox.limit_bytes, version)
        self._configuration = ConfigurationReport(config.device.run_dir / "config.json", config.device.group)
        self._reported = Reported(None)
        # Without a root to begin from, nobody's push is believed.
        self._supply = self._new_supply() if config.hub.root_file is not None else None

    def run(self) -> None:
        """Deliver until stopped.

        Raises:
            OutboxError: the disk refused; systemd starts the service again, and nothing is lost.
        """
        listener = threading.Thread(target=self._wakeup.listen, args=(self._wake,), name="wakeup", daemon=True)
        listener.start()
        if self._supply is not None:
            self._supply.start()
        self._link.start()
        try:
            while (event := self._next_event()) is not None:
                if isinstance(event, LinkUp | LinkDown):
                    log.info("link", state=type(event).__name__, reason=getattr(event, "reason", None))
                    self._report.link(event, time.time())
                if isinstance(event, LinkUp):  # in a thread: whoever is asked may take two seconds of a bus's coverage
                    threading.Thread(target=self._count_bytes, name="metered", daemon=True).start()
                self._handle(event)
        finally:
            self._link.close()
            if self._supply is not None:
                self._supply.stop()
            self._wakeup.close()
            listener.join()
            self._outbox.close()
            self._lock.release()

    def _new_supply(self) -> SupplyThread:
        config = self._config
        asking = Asking(config.link.content_bytes_per_s)
        return SupplyThread(
            supply.Supply(config.device.name, self._link, self._budget, asking, partial(open_shelf, config))
        )

    def _emit(self, event: LinkEvent) -> None:
        """Hand an event of the link to whom it is for; on the link's thread."""
        told: supply.Event
        match event:
            case Heard(topic, payload) if topic == ANNOUNCED:
                told = supply.Announced(payload)
            case Heard(topic, payload) if topic == self._file_topic:
                told = supply.Answered(payload)
            case LinkUp() | LinkDown():
                told = supply.Connected(isinstance(event, LinkUp))
                self._events.put(event)
            case _:
                self._events.put(event)
                return
        if self._supply is not None:
            self._supply.put(told)

    def _wake(self) -> None:
        """Queue one look for however many records; answers must not wait behind a thousand."""
        if not self._woken.is_set():
            self._woken.set()
            self._events.put(Woken())

    def _handle(self, event: DeviceEvent) -> None:
        """Take an event; a full disk or a file held by another process passes, and nothing is lost by waiting."""
        if isinstance(event, Woken):
            self._woken.clear()
        try:
            self._end.handle(event, time.monotonic())
            self._report.write(self._outbox, time.monotonic())
        except OutboxError as error:
            if error.fault not in _PASSING:
                raise
            if not self._hindered:
                log.error("the outbox must wait", reason=str(error))  # noqa: TRY400  (the sentence says all there is)
            self._hindered = True
        else:
            self._hindered = False

    def _count_bytes(self) -> None:
        """Another connection may be another antenna: ask what it costs."""
        settings = self._config.link
        self._budget.bytes_per_hour = settings.metered_bytes_per_hour if is_metered(settings.metered) else None

    def adopt(self, version: int) -> None:
        """Say from here on that this version is run; for one that changes nothing of this service."""
        self._report.version = version
        self._wake()

    def stop(self) -> None:
        """End `run` after the event under way."""
        self._events.put(None)

    def _next_event(self) -> DeviceEvent | None:
        now_s = time.monotonic()
        deadline_s = self._end.next_deadline_s(now_s)
        deadline_s = min(each for each in (deadline_s, self._report.due_s, now_s + _LOOK_AGAIN_S) if each is not None)
        while True:
            if (report := Reported(self._configuration.look())) != self._reported:
                self._reported = report
                return report
            wait_s = min(_LOOK_AT_CONFIGURATION_S, deadline_s - time.monotonic())
            try:
                return self._events.get(timeout=max(0.01, wait_s))
            except queue.Empty:
                if time.monotonic() >= deadline_s:
                    return Ticked()

"""The sync service of a device: builds every object of the process and runs its one loop."""

from __future__ import annotations

import queue
import threading
import time
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog

from sync import keys
from sync.budget import Budget
from sync.delivery import DeviceEnd, Ticked, Woken
from sync.framing import Identity, birth
from sync.link import Address, Link, LinkDown, LinkEvent, LinkUp, Will
from sync.lock import Lock
from sync.outbox import Outbox
from sync.pace import Pace
from sync.tls import client_context
from sync.topics import StateTopic, StoredTopic
from sync.wakeup import WakeupSocket

if TYPE_CHECKING:
    from config.model import DeviceConfig

log = structlog.get_logger()
# A safety net only: queueing wakes the service at once.
_LOOK_AGAIN_S = 15.0


class SyncService:
    """Runs until `stop` is called, from any thread or signal handler."""

    def __init__(self, config: DeviceConfig) -> None:
        """Read the keys and open the outbox.

        Raises:
            AlreadyRunningError: another sync service serves this outbox.
            OutboxError, KeyFileError, CertificateFileError, OSError: what the service needs is not there.
        """
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
        self._wakeup = WakeupSocket(config.device.run_dir / "wake.sock")
        self._outbox = Outbox.open(config.device.state_dir / "outbox.db", name)
        address = Address(
            host=broker.host,
            port=broker.port,
            client_id=name,
            subscriptions=(str(StoredTopic(name)),),
            reconnect_max_s=broker.reconnect_max_s,
            will=Will(str(StateTopic(name)), birth(identity, self._outbox, online=False)),
        )
        self._link = Link(address, tls, self._events.put, SystemRandom())
        keep_bytes = config.outbox.limit_bytes // 2
        self._end = DeviceEnd(identity, self._outbox, self._link, keep_bytes, Pace(), Budget())

    def run(self) -> None:
        """Deliver until stopped.

        Raises:
            OutboxError: the disk refused; systemd starts the service again, and nothing is lost.
        """
        listener = threading.Thread(
            target=self._wakeup.listen, args=(lambda: self._events.put(Woken()),), name="wakeup", daemon=True
        )
        listener.start()
        self._link.start()
        try:
            while (event := self._next_event()) is not None:
                if isinstance(event, LinkUp | LinkDown):
                    log.info("link", state=type(event).__name__, reason=getattr(event, "reason", None))
                self._end.handle(event, time.monotonic())
        finally:
            self._link.close()
            self._wakeup.close()
            listener.join()
            self._outbox.close()
            self._lock.release()

    def stop(self) -> None:
        """End `run` after the event under way."""
        self._events.put(None)

    def _next_event(self) -> LinkEvent | Woken | Ticked | None:
        now_s = time.monotonic()
        deadline_s = self._end.next_deadline_s(now_s)
        wait_s = _LOOK_AGAIN_S if deadline_s is None else min(_LOOK_AGAIN_S, max(0.01, deadline_s - now_s))
        try:
            return self._events.get(timeout=wait_s)
        except queue.Empty:
            return Ticked()

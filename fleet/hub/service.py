"""The hub's ingest process: builds its objects and runs its one loop."""

from __future__ import annotations

import queue
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog

from fleet.broker import HUB_NAME
from fleet.hub.ingest import HubEnd
from fleet.hub.store import HubStore, StoreError
from sync import keys
from sync.link import AT_LEAST_ONCE, Address, Door, Link, LinkEvent, Subscription
from sync.tls import client_context
from sync.topics import EVERY_STATE, EVERY_UP

if TYPE_CHECKING:
    from fleet.settings import HubConfig

log = structlog.get_logger()
# About 10,000 rows, a tenth of a second's work; beyond it a row's share of the commit is next to nothing.
_EVENTS_AT_ONCE = 100


class HubService:
    """Runs until `stop` is called, from any thread or signal handler."""

    def __init__(self, config: HubConfig) -> None:
        """Read the keys and open the database.

        Raises:
            StoreError, KeyFileError, CertificateFileError: what the hub needs is not there.
        """
        broker = config.broker
        tls = client_context(broker.ca_file, broker.certificate_file, broker.key_file)
        self._events: queue.SimpleQueue[LinkEvent | None] = queue.SimpleQueue()
        address = Address(
            doors=(Door(broker.host, broker.port),),
            client_id=HUB_NAME,
            subscriptions=(Subscription(EVERY_UP, AT_LEAST_ONCE), Subscription(EVERY_STATE, AT_LEAST_ONCE)),
            reconnect_max_s=broker.reconnect_max_s,
        )
        self._link = Link(address, tls, self._events.put, SystemRandom())
        self._store = HubStore.open(config.database_url)
        self._end = HubEnd(self._store, self._link, keys.load_signing(config.keys.signing_file), config.limits)

    def run(self) -> None:
        """Take frames in until stopped."""
        self._link.start()
        try:
            while heap := self._next_events():
                try:
                    self._end.handle_all(heap)
                except StoreError as error:
                    # Not stored, hence not answered: the device sends it again.
                    log.error("not stored", reason=str(error))  # noqa: TRY400  (the sentence says all there is)
        finally:
            self._link.close()
            self._store.close()

    def stop(self) -> None:
        """End `run` after the events under way."""
        self._events.put(None)

    def _next_events(self) -> list[LinkEvent]:
        """Wait for an event and return it with those that wait behind it; none once stopped."""
        heap: list[LinkEvent] = []
        event = self._events.get()
        while event is not None:
            heap.append(event)
            if len(heap) == _EVENTS_AT_ONCE:
                break
            try:
                event = self._events.get_nowait()
            except queue.Empty:
                break
        else:
            if heap:
                self._events.put(None)  # for the next look
        return heap

"""The hub's ingest process: builds its objects and runs its one loop."""

from __future__ import annotations

import queue
import time
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog

from fleet.broker import HUB_NAME, ingest_name
from fleet.hub.ingest import HubEnd
from fleet.hub.presence import BEAT_S, be_seen
from fleet.hub.share import Share
from fleet.hub.store import HubStore, StoreError
from fleet.settings import HubConfigError
from sync import keys
from sync.link import AT_LEAST_ONCE, Address, Door, Heard, Link, LinkEvent, Subscription
from sync.tls import client_context

if TYPE_CHECKING:
    from fleet.settings import Broker, HubConfig, Ingest

log = structlog.get_logger()
# About 10,000 rows, a tenth of a second's work; beyond it a row's share of the commit is next to nothing.
_EVENTS_AT_ONCE = 100


class HubService:
    """Runs until `stop` is called, from any thread or signal handler."""

    def __init__(self, config: HubConfig, share: Share | None = None) -> None:
        """Read the keys and open the database; alone, or for one `share` of the work.

        Raises:
            StoreError, KeyFileError, CertificateFileError: what the hub needs is not there.
            HubConfigError: no certificate was made for this share.
        """
        broker = config.broker
        certificate, name = _certificate(config, share)
        tls = client_context(broker.ca_file, certificate.certificate_file, certificate.key_file)
        self._share = share or Share()
        self._events: queue.SimpleQueue[LinkEvent | None] = queue.SimpleQueue()
        address = Address(
            doors=(Door(broker.host, broker.port),),
            client_id=name,
            subscriptions=tuple(Subscription(topic, AT_LEAST_ONCE) for topic in self._share.topics()),
            reconnect_max_s=broker.reconnect_max_s,
        )
        self._link = Link(address, tls, self._heard, SystemRandom())
        self._store = HubStore.open(config.database_url)
        self._beats = 0
        self._next_beat_s = time.monotonic()
        self._end = HubEnd(self._store, self._link, keys.load_signing(config.keys.signing_file), config.limits)

    def run(self) -> None:
        """Take frames in until stopped."""
        self._link.start()
        try:
            while (heap := self._next_events()) is not None:
                self._be_seen()
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

    def _heard(self, event: LinkEvent) -> None:
        if not isinstance(event, Heard) or self._share.takes(event.topic):
            self._events.put(event)

    def _be_seen(self) -> None:
        """Say each minute that this process runs, and name those that do not: only they hear their devices' births."""
        if time.monotonic() < self._next_beat_s:
            return
        self._next_beat_s = time.monotonic() + BEAT_S
        try:
            away = be_seen(self._store, self._share)
        except StoreError as error:
            log.error("not seen to run", reason=str(error))  # noqa: TRY400  (the sentence says all there is)
            return
        if away and self._beats:  # at the first beat the others may be starting too
            log.error("ingests that do not run: what their devices declare is unheard", numbers=away)
        self._beats += 1

    def _next_events(self) -> list[LinkEvent] | None:
        """Wait for an event and return it with those that wait behind it, none if it is time to be seen.

        Once stopped there is nothing to return.
        """
        heap: list[LinkEvent] = []
        try:
            event = self._events.get(timeout=max(self._next_beat_s - time.monotonic(), 0))
        except queue.Empty:
            return heap
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
        return heap or None


def _certificate(config: HubConfig, share: Share | None) -> tuple[Ingest | Broker, str]:
    """Return with what, and under which name, the process of `share` goes to the broker."""
    if share is None:
        return config.broker, HUB_NAME
    if not 1 <= share.number <= len(config.ingests):
        made = (
            f"it has {len(config.ingests)}"
            if config.ingests
            else "it has none; `guichet-hub init --ingests N` makes them"
        )
        raise HubConfigError(f"the hub has no certificate for ingest {share.number}: {made}")
    return config.ingests[share.number - 1], ingest_name(share.number)

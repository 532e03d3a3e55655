"""The hub's publishing process: announces what is published, gives it to devices, and signs anew what would expire.

It holds the hub's own signing keys and no key holder's. Where it is away, devices run on what they have.
"""

from __future__ import annotations

import datetime as dt
import queue
import time
from random import SystemRandom
from typing import TYPE_CHECKING

import structlog

from fleet.broker import PUBLISHER_NAME
from fleet.hub.allowance import Bucket
from fleet.publication.fault import PublicationError
from fleet.publication.giving import Giver
from fleet.settings import HubConfigError
from sync.keys import KeyFileError
from sync.link import AT_MOST_ONCE, Address, Door, Heard, Link, LinkEvent, LinkUp, Subscription
from sync.rejected import Rejected
from sync.supply.message import decode_fetch, encode_given
from sync.tls import client_context
from sync.topics import ANNOUNCED, EVERY_FETCH, FetchTopic, FileTopic, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fleet.publication.repository import Repository
    from fleet.settings import HubConfig, Publishing

log = structlog.get_logger()
# A look at one file: whoever publishes is another process.
_LOOK_EVERY_S = 0.2
# A timestamp lives for two days: eight chances to sign the next.
_RENEW_EVERY = dt.timedelta(hours=6)
_RENEW_AGAIN_S = 60.0


class PublishingService:
    """Runs until `stop` is called, from any thread or signal handler."""

    def __init__(self, config: HubConfig, open_repository: Callable[[], Repository]) -> None:
        """Read the certificate; `open_repository` reads the hub's signing keys, which may be others the next time.

        Raises:
            HubConfigError: no certificate was made for this process.
            CertificateFileError: it cannot be read.
        """
        if config.publishing is None:
            raise HubConfigError("the hub has no certificate for publishing; `guichet-hub publisher prepare` makes one")
        broker = config.broker
        tls = client_context(broker.ca_file, config.publishing.certificate_file, config.publishing.key_file)
        self._events: queue.SimpleQueue[LinkEvent | None] = queue.SimpleQueue()
        address = Address(
            doors=(Door(broker.host, broker.port),),
            client_id=PUBLISHER_NAME,
            # A device that gets no answer asks again.
            subscriptions=(Subscription(EVERY_FETCH, AT_MOST_ONCE),),
            reconnect_max_s=broker.reconnect_max_s,
        )
        self._link = Link(address, tls, self._events.put, SystemRandom())
        self._open_repository = open_repository
        self._folder = open_repository().folder
        self._giver = Giver(self._folder)
        self._limits: Publishing = config.publishing
        self._all = Bucket(config.publishing.bytes_per_s, config.publishing.bytes_per_s)
        self._devices: dict[str, Bucket] = {}
        self._announced: object = None
        self._renew_s = 0.0

    def run(self) -> None:
        """Announce and give until stopped."""
        self._link.start()
        try:
            while True:
                self._keep()
                try:
                    event = self._events.get(timeout=_LOOK_EVERY_S)
                except queue.Empty:
                    continue
                match event:
                    case None:
                        return
                    case Heard(topic, payload):
                        self._give(topic, payload)
                    case LinkUp():
                        log.info("link up")
                        self._announced = None
                    case _:
                        log.info("link down", reason=event.reason)
        finally:
            self._link.close()

    def stop(self) -> None:
        """End `run` after the event under way."""
        self._events.put(None)

    def _keep(self) -> None:
        """Sign anew what is due, and announce what is new."""
        now_s = time.monotonic()
        if now_s >= self._renew_s:
            self._renew_s = now_s + _RENEW_AGAIN_S
            try:
                self._open_repository().keep_fresh(dt.datetime.now(dt.UTC).replace(microsecond=0), _RENEW_EVERY)
            except (PublicationError, KeyFileError) as error:
                log.error("not signed anew", reason=str(error))  # noqa: TRY400  (the sentence says all there is)
        timestamp = self._folder / "metadata/timestamp.json"
        seen = _seen(timestamp)
        if seen is None or seen == self._announced:
            return
        try:
            content = timestamp.read_bytes()
        except OSError:
            return
        if self._link.publish(ANNOUNCED, content, retain=True):
            self._announced = seen
            log.info("announced", bytes=len(content))

    def _give(self, topic: str, payload: bytes) -> None:
        asked = parse(topic)
        fetch = decode_fetch(payload)
        if not isinstance(asked, FetchTopic) or isinstance(fetch, Rejected):
            log.warning("fetch refused", topic=topic, reason=str(fetch) if isinstance(fetch, Rejected) else "topic")
            return
        now_s = time.monotonic()
        wanted_bytes = sum(each.length for each in fetch.ranges)
        device = self._devices.setdefault(
            asked.device, Bucket(self._limits.device_bytes_per_s, self._limits.device_burst_bytes)
        )
        # Silence is no harm: the device asks again, later.
        if not (device.holds(wanted_bytes, now_s) and self._all.holds(wanted_bytes, now_s)):
            return
        try:
            answer = encode_given(self._giver.answer(fetch))
        except OSError as error:
            log.error("cannot give", file=str(error.filename), reason=error.strerror)  # noqa: TRY400  (as above)
            return
        device.take(len(answer))
        self._all.take(len(answer))
        self._link.publish(str(FileTopic(asked.device)), answer)


def _seen(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size

"""The thread on which a device is supplied, beside the one that delivers its records. Adapter: a thread."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from sync.supply.supply import Event, Supply

log = structlog.get_logger()
# Answers come only when asked for: to whoever sends more nobody listens.
_MOST_WAITING = 64


class SupplyThread:
    """Hands events to a supply, from any thread, and tells it when time has passed."""

    def __init__(self, supply: Supply) -> None:
        self._supply = supply
        self._events: queue.Queue[Event | None] = queue.Queue(_MOST_WAITING)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supply", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def put(self, event: Event) -> None:
        """Hand over an event; what comes faster than it is dealt with is lost, and asked for again."""
        try:
            self._events.put_nowait(event)
        except queue.Full:
            log.warning("supply passed over", what=type(event).__name__)

    def stop(self) -> None:
        """End after the event under way."""
        self._stopped.set()
        self._events.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                now_s = time.monotonic()
                due_s = self._supply.next_deadline_s(now_s)
                try:
                    event = self._events.get(timeout=None if due_s is None else max(0.01, due_s - now_s))
                except queue.Empty:
                    event = None
                if not self._stopped.is_set():
                    self._handle(event)
        finally:
            self._supply.close()

    def _handle(self, event: Event | None) -> None:
        try:
            self._supply.handle(event, time.monotonic())
        # This loop supervises: were it to end, no push would come any more; were the service to end with it, no record
        # would go, as what is announced is retained and would end it again.
        except Exception:
            log.exception("supply failed")
            self._supply.close()

"""Listens to what can be waited on and read, until stopped. Adapter (select, monotonic clock)."""

from __future__ import annotations

import errno
import os
import select
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import threading

    from drivers.driver import Emit
    from drivers.news import DeviceEvent

# How soon a stopped driver lets go of its device; a code is told at once whatever this is.
_LOOK_S = 0.2
# A broken kernel driver may say for ever that there is something to read, and give nothing: so often we ask it, with a
# pause, so that it takes a second and not the processor.
_EMPTY_READS = 50
_EMPTY_PAUSE_S = 0.02


class Source(Protocol):
    """What is open: `read` returns what waits, perhaps nothing, and raises OSError when it is gone."""

    watched: list[int]
    """What to wait on: itself first, then what `tend` is for."""

    def tend(self, now_s: float) -> None:
        """Tell it what it is to be told. Called often."""
        ...

    def read(self) -> bytes:
        """Return what waits, without waiting."""
        ...


class Listener(Protocol):
    """What makes news of what was read."""

    @property
    def due_s(self) -> float | None:
        """For how long nothing may come before `flush`; None while it waits for nothing."""
        ...

    def receive(self, data: bytes, now_s: float) -> list[DeviceEvent]:
        """Return the news in `data`."""
        ...

    def flush(self, now_s: float) -> list[DeviceEvent]:
        """Return the news that is in nothing having come."""
        ...


def listen(source: Source, listener: Listener, emit: Emit, stop: threading.Event) -> None:
    """Tell the news from `source` until stopped.

    Raises:
        OSError: it is gone, does not take what it is told, or gives nothing though it says that it would.
    """
    empty_reads = 0
    heard_s = time.monotonic()
    watched = source.watched
    while not stop.is_set():
        source.tend(time.monotonic())
        due_s = listener.due_s
        wait_s = _LOOK_S if due_s is None else max(0.0, min(_LOOK_S, heard_s + due_s - time.monotonic()))
        ready, _, _ = select.select(watched, [], [], wait_s)
        news: list[DeviceEvent] = []
        if watched[0] in ready:
            data = source.read()
            heard_s = time.monotonic()
            news = listener.receive(data, heard_s) if data else []
            empty_reads = 0 if data else empty_reads + 1
            if empty_reads > _EMPTY_READS:
                raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            if empty_reads:
                stop.wait(_EMPTY_PAUSE_S)
        elif due_s is not None and time.monotonic() - heard_s >= due_s:
            news = listener.flush(time.monotonic())
        for event in news:
            emit(event)

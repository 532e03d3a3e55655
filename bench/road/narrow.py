"""A narrow, slow, lossy link between a network namespace and this machine, packet by packet (root).

Two TUN interfaces, and a thread which carries each IP packet from one to the other: late by half the round trip, at
the link's rate, and not at all where it is lost. Both ends are the kernel's own TCP, so what small segments, lost
acknowledgements and congestion control cost is real, which no proxy above TCP can show.
"""

from __future__ import annotations

import contextlib
import fcntl
import heapq
import os
import select
import struct
import subprocess
import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from bench.road.load import Way

if TYPE_CHECKING:
    from collections.abc import Iterator

# RFC 2544, appendix C.2.2: addresses set aside for benchmarks.
_DEVICE, _HUB = "198.18.7.2", "198.18.7.1"
_ROUND_TRIP_S = 0.2
_LOSS = 0.05
_RATE_BIT_S = 256_000
# What the modem holds before it drops: two seconds of the link.
_QUEUE_BYTES = 64_000
_PACKET_BYTES = 2_048
_IP = "/usr/sbin/ip"  # iproute2, where Debian puts it
# linux/if_tun.h
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000


@dataclass(slots=True)
class _Direction:
    """Packets under way to one end."""

    sink: int
    free_s: float = 0.0
    under_way: list[tuple[float, int, bytes]] = field(default_factory=list)

    def take(self, packet: bytes, now_s: float, random: Random, number: int) -> None:
        if (self.free_s - now_s) * _RATE_BIT_S / 8 > _QUEUE_BYTES:
            return
        self.free_s = max(self.free_s, now_s) + len(packet) * 8 / _RATE_BIT_S
        if random.random() >= _LOSS:
            heapq.heappush(self.under_way, (self.free_s + _ROUND_TRIP_S / 2, number, packet))

    def deliver(self, now_s: float) -> None:
        while self.under_way and self.under_way[0][0] <= now_s:
            with contextlib.suppress(OSError):
                os.write(self.sink, heapq.heappop(self.under_way)[2])


@contextlib.contextmanager
def narrow_link(port: int) -> Iterator[Way]:
    """Make the namespace and the link; the device's programs run inside, and find the hub at `port`."""
    name = f"road-{os.getpid()}"
    device, hub = _tun(f"rd{os.getpid()}"), _tun(f"rh{os.getpid()}")
    stop = threading.Event()
    carrier = threading.Thread(target=_carry, args=(device, hub, stop), name="narrow", daemon=True)
    try:
        _ip("netns", "add", name)
        try:
            _ip("link", "set", f"rd{os.getpid()}", "netns", name)
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "address", "add", _DEVICE, "peer", _HUB, "dev", f"rd{os.getpid()}")
            _ip("-n", name, "link", "set", f"rd{os.getpid()}", "up")
            _ip("address", "add", _HUB, "peer", _DEVICE, "dev", f"rh{os.getpid()}")
            _ip("link", "set", f"rh{os.getpid()}", "up")
            carrier.start()
            yield Way(_HUB, port, (_IP, "netns", "exec", name))
        finally:
            stop.set()
            if carrier.ident is not None:
                carrier.join()
            _ip("netns", "delete", name)
    finally:
        os.close(device)
        os.close(hub)


def _carry(device: int, hub: int, stop: threading.Event) -> None:
    random, number = Random(1), 0
    ways = {device: _Direction(hub), hub: _Direction(device)}
    while not stop.is_set():
        due_s = min((way.under_way[0][0] for way in ways.values() if way.under_way), default=float("inf"))
        wait_s = min(max(due_s - time.monotonic(), 0.0), 0.2)
        for ready in select.select(list(ways), [], [], wait_s)[0]:
            with contextlib.suppress(OSError):
                number += 1
                ways[ready].take(os.read(ready, _PACKET_BYTES), time.monotonic(), random, number)
        for way in ways.values():
            way.deliver(time.monotonic())


def _tun(name: str) -> int:
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(descriptor, _TUNSETIFF, struct.pack("16sH", name.encode(), _IFF_TUN | _IFF_NO_PI))
    return descriptor


def _ip(*words: str) -> None:
    subprocess.run([_IP, *words], check=True, capture_output=True, text=True)

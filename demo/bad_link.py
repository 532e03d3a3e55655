"""A bad link as a program: a TCP proxy with delay, narrow bandwidth, losses, and cuts.

    python -m demo.bad_link --listen PORT --to HOST:PORT --rtt-ms 200 --loss-percent 5 --rate-bit-s 256000

It sits above TCP, so a lost segment is what TCP makes of it: all behind it waits for one retransmission, a round trip
and a half here, and the rate is halved for as long, as Reno would. `--cut-every-s` closes every connection at that
interval; `--half-open-after-s` lets connections fall silent without a word. It says "listening" once it does, and at
SIGTERM how many payload bytes went each way, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
from dataclasses import dataclass, field
from random import Random

_SEGMENT_BYTES = 1_460  # Ethernet's 1,500 less the headers of IP and TCP
# What a device in between would hold before it stops reading: half a second of a narrow link, at least this.
_QUEUE_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Link:
    """What the link does to each direction."""

    rtt_s: float
    loss: float
    rate_bit_s: float
    half_open_after_s: float
    random: Random

    def delay_s(self) -> float:
        """Return how long a segment is under way, a retransmission included where it is lost."""
        late = self.random.random() < self.loss
        return self.rtt_s / 2 + (1.5 * self.rtt_s if late else 0.0)


@dataclass(slots=True)
class Direction:
    """One direction of one connection: segments leave in order, at the link's rate, late by its delay."""

    link: Link
    name: str
    counted: dict[str, int]
    free_s: float = 0.0
    arrives_s: float = 0.0
    waiting: asyncio.Queue[tuple[float, bytes]] = field(default_factory=lambda: asyncio.Queue(_QUEUE_BYTES // 1_000))

    async def take(self, reader: asyncio.StreamReader) -> None:
        """Read segments and give each its time of arrival."""
        clock = asyncio.get_running_loop()
        began_s = clock.time()
        while data := await reader.read(_SEGMENT_BYTES):
            self.counted[self.name] += len(data)
            now_s = clock.time()
            if self.link.half_open_after_s and now_s - began_s > self.link.half_open_after_s:
                continue
            delay_s = self.link.delay_s()
            on_wire_s = len(data) * 8 / self.link.rate_bit_s if self.link.rate_bit_s else 0.0
            slowed = 2 if delay_s > self.link.rtt_s else 1
            self.free_s = max(self.free_s, now_s) + on_wire_s * slowed
            self.arrives_s = max(self.arrives_s, self.free_s + delay_s)
            await self.waiting.put((self.arrives_s, data))
        await self.waiting.put((self.arrives_s, b""))

    async def give(self, writer: asyncio.StreamWriter) -> None:
        """Write segments when they arrive."""
        clock = asyncio.get_running_loop()
        while True:
            arrives_s, data = await self.waiting.get()
            await asyncio.sleep(max(0.0, arrives_s - clock.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()


async def _carry(link: Link, counted: dict[str, int], near: Ends, far: Ends) -> None:
    up, down = Direction(link, "up_bytes", counted), Direction(link, "down_bytes", counted)
    jobs = [up.take(near[0]), up.give(far[1]), down.take(far[0]), down.give(near[1])]
    with contextlib.suppress(OSError):
        await asyncio.gather(*jobs)
    for writer in (near[1], far[1]):
        writer.close()


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _serve(link: Link, listen: int, to: tuple[str, int], cut_every_s: float) -> None:
    counted = {"up_bytes": 0, "down_bytes": 0, "connections": 0}
    open_now: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        counted["connections"] += 1
        try:
            far = await asyncio.open_connection(*to)
        except OSError:
            writer.close()
            return
        task = asyncio.create_task(_carry(link, counted, (reader, writer), far))
        open_now.add(task)
        try:
            with contextlib.suppress(asyncio.CancelledError):  # the whole proxy ends
                await asyncio.wait([task])
        finally:
            open_now.discard(task)
            for end in (writer, far[1]):
                end.transport.abort()

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = await asyncio.start_server(connected, "127.0.0.1", listen)
    print("listening", flush=True)
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), cut_every_s or None)
        if not stop.is_set() or cut_every_s:
            for task in list(open_now):
                task.cancel()
    server.close()
    for task in list(open_now):
        task.cancel()
    print(json.dumps(counted), flush=True)


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(description="A TCP proxy that behaves like a bad link.")
    parser.add_argument("--listen", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--to", required=True, help="HOST:PORT")
    parser.add_argument("--rtt-ms", type=float, default=0)
    parser.add_argument("--loss-percent", type=float, default=0)
    parser.add_argument("--rate-bit-s", type=float, default=0, help="0: no limit")
    parser.add_argument("--cut-every-s", type=float, default=0, help="0: never")
    parser.add_argument("--half-open-after-s", type=float, default=0, help="0: never")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    random = Random(asked.seed)  # noqa: S311  (a link draws no secrets)
    link = Link(asked.rtt_ms / 1000, asked.loss_percent / 100, asked.rate_bit_s, asked.half_open_after_s, random)
    host, port = asked.to.rsplit(":", 1)
    asyncio.run(_serve(link, asked.listen, (host, int(port)), asked.cut_every_s))


if __name__ == "__main__":
    main()

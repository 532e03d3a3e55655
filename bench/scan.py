"""How soon a scan is told: `python bench/scan.py [CODES]` (2,000 unless told).

A simulated scanner sends 200 codes a second, each with its time, over a pseudo-terminal; the clock stops where the
driver tells of it. Beside it, in the same run, a thread that does nothing but read the same line. Then the framer
alone, beside pyserial's own `readline` on the same bytes.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

sys.path.insert(0, str(Path(__file__).parents[1]))

import serial

from drivers.interface import DeviceName, DeviceUp
from drivers.news import DeviceEvent, Scanned
from drivers.scanner.framing import Framer, Framing
from drivers.scanner.serial_port import SerialScanner
from drivers.simulated.scanner import SimulatedScanner

_EVERY_S = 1 / 200
_TARGET_MS = 10.0
_ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"
_FRAMED = 200_000
# pyserial reads one byte by one: a hundredth tells as much.
_READLINES = 2_000


def main() -> int:
    """Run the bench; the exit code says whether the target is met."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory(prefix="guichet-") as folder:
        path = Path(folder) / "scanner"
        bare = _latencies(path, count, _bare)
        ours = _latencies(path, count, _driver)
        framed, lines = _framed_per_s(), _readlines_per_s(path)
    for name, each in (("bare os.read", bare), ("driver", ours)):
        middle_ms, slow_ms = _at(each, 0.5), _at(each, 0.99)
        print(f"{name}: {len(each)} codes at {1 / _EVERY_S:.0f}/s, p50 {middle_ms:.2f} ms, p99 {slow_ms:.2f} ms")
    print(
        f"driver to bare read: p50 {_at(ours, 0.5) / _at(bare, 0.5):.1f}, p99 {_at(ours, 0.99) / _at(bare, 0.99):.1f}"
    )
    print(f"framer: {framed:,.0f} codes/s; pyserial readline: {lines:,.0f}; ratio {framed / lines:.0f}")
    p99 = _at(ours, 0.99)
    print(f"target: told within {_TARGET_MS:.0f} ms at p99; {p99:.2f} ms, {len(ours)} of {count} arrived")
    return 0 if p99 <= _TARGET_MS and len(ours) == count else 1


def _at(each_ms: list[float], part: float) -> float:
    return statistics.quantiles(each_ms, n=100)[round(100 * part) - 1]


def _latencies(path: Path, count: int, start: Callable[[Path, list[float], int], Callable[[], None]]) -> list[float]:
    """Return what each code took in milliseconds, from its sending to its telling."""
    took_ms: list[float] = []
    with SimulatedScanner(path) as scanner:
        stop = start(path, took_ms, count)
        due_s = time.perf_counter()
        for _ in range(count):
            due_s += _EVERY_S
            time.sleep(max(0.0, due_s - time.perf_counter()))
            scanner.scan(b"%d" % time.perf_counter_ns())
        stop()
    return took_ms


def _note(took_ms: list[float], code: bytes) -> None:
    took_ms.append((time.perf_counter_ns() - int(code)) / 1e6)


def _bare(path: Path, took_ms: list[float], count: int) -> Callable[[], None]:
    fd = os.open(path, os.O_RDONLY | os.O_NOCTTY)

    def read() -> None:
        while len(took_ms) < count:
            for code in os.read(fd, 65_536).split(b"\r")[:-1]:
                _note(took_ms, code)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()

    def stop() -> None:
        thread.join(5)
        os.close(fd)

    return stop


def _driver(path: Path, took_ms: list[float], count: int) -> Callable[[], None]:
    is_up, is_done, ending = threading.Event(), threading.Event(), threading.Event()

    def emit(event: DeviceEvent) -> None:
        if isinstance(event, Scanned):
            _note(took_ms, event.code)
            if len(took_ms) == count:
                is_done.set()
        elif isinstance(event, DeviceUp):
            is_up.set()

    thread = threading.Thread(target=SerialScanner(DeviceName("scanner"), str(path), 9600).run, args=(emit, ending))
    thread.start()
    is_up.wait(5)

    def stop() -> None:
        is_done.wait(5)
        ending.set()
        thread.join()

    return stop


def _framed_per_s() -> float:
    data = (_ADDRESS + b"\r\n") * _FRAMED
    framer, found = Framer(Framing()), 0
    began_s = time.perf_counter()
    for at in range(0, len(data), 4096):
        found += len(framer.receive(data[at : at + 4096]))
    took_s = time.perf_counter() - began_s
    return found / took_s


def _readlines_per_s(path: Path) -> float:
    with SimulatedScanner(path) as scanner, serial.Serial(str(path), timeout=5) as line:
        sending = threading.Thread(target=scanner.send, args=((_ADDRESS + b"\r\n") * _READLINES,))
        began_s = time.perf_counter()
        sending.start()
        for _ in range(_READLINES):
            line.readline()
        took_s = time.perf_counter() - began_s
        sending.join()
    return _READLINES / took_s


if __name__ == "__main__":
    sys.exit(main())

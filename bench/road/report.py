"""The road bench in words: the table, and each target beside what was measured. No I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.road.figures import Figures, Growth

OURS, UNSEALED, BARE, PERSIST_QUEUE = "Guichet", "Guichet without sealing", "bare INSERT", "persist-queue + paho"
MQTT_JS, PAHO_C, BRIDGE = "MQTT.js + level store", "Paho C, file persistence", "mosquitto bridge"
LITE_QUEUE, PAHO, BATCHED = "litequeue + paho", "paho alone (memory)", "persist-queue, our batching"
BRIDGE_SAVING = "mosquitto bridge, saves each change"
# As the target has it: the best of these three keeps its queue on disk. litequeue does too, without a flush.
_ON_DISK = (MQTT_JS, PERSIST_QUEUE, PAHO_C)
_AS_FED = (PERSIST_QUEUE, LITE_QUEUE, MQTT_JS, PAHO_C, PAHO, BRIDGE)


class Target(msgspec.Struct, frozen=True):
    """One promise about a figure, and what came of it."""

    what: str
    wanted: str
    measured: float | None
    reached: bool | None


def targets(rows: Mapping[str, Figures], growth: Sequence[Growth]) -> list[Target]:
    """Return every target of the road with what was measured; None where it was not."""
    ours, queue = rows.get(OURS), rows.get(PERSIST_QUEUE)
    on_disk = [rows[name].drain_per_s for name in _ON_DISK if name in rows]
    bridges = [rows[name].drain_per_s for name in (BRIDGE, BRIDGE_SAVING) if name in rows]
    wires = [rows[name].wire_bytes for name in _AS_FED if name in rows]
    found = []
    if ours is not None:
        bare = rows.get(BARE)
        life, queue_life = _life(ours), _life(queue) if queue else None
        found += [
            _least("durable sealed enqueue, one producer / bare INSERT", 0.8, ours.enqueue_per_s, _rate(bare)),
            _least("durable sealed enqueue, one producer / persist-queue", 0.95, ours.enqueue_per_s, _rate(queue)),
            _least("enqueue, eight producers / persist-queue's eight", 1.8, ours.enqueue8_per_s, _rate8(queue)),
            _most(
                "disk bytes a record, accepted / persist-queue",
                0.6,
                ours.disk_enqueue_bytes,
                queue.disk_enqueue_bytes if queue else None,
            ),
            _most("disk bytes a record, accepted and delivered / persist-queue", 0.6, life, queue_life),
            _least("drain to the hub's commit / best peer on disk", 10, ours.drain_per_s, _best(on_disk)),
            _least("drain to the hub's commit / mosquitto bridge", 1.5, ours.drain_per_s, _best(bridges)),
            _most("TCP payload bytes a record, TLS included", 110, ours.wire_bytes, 1),
            _most("TCP payload / thriftiest peer as its users feed it", 0.35, ours.wire_bytes, _thriftiest(wires)),
            _least(
                "bad link / single messages, window 100",
                6,
                ours.bad_link_per_s,
                queue.bad_link_per_s if queue else None,
            ),
        ]
    by_count = {size.count: size for size in growth}
    if (many := by_count.get(100_000)) is not None:
        found.append(_most("sync's peak RSS with 100,000 waiting, MB", 60, many.rss_mb, 1))
        found.append(_most("sync's start-up with 100,000 waiting, s", 1, many.start_up_s, 1))
    if len(growth) > 1:
        first, last = growth[0], growth[-1]
        ratio = last.drain_per_s / first.drain_per_s
        what = f"drain rate at {last.count:,} / at {first.count:,}"
        found.append(Target(what, "0.8 or more", ratio, ratio >= 0.8))
    return found


def in_words(rows: Iterable[Figures], growth: Sequence[Growth], found: Iterable[Target]) -> str:
    """Return the tables as Markdown."""
    head = (
        "road",
        "records",
        "enqueue/s",
        "p99 ms",
        "enqueue/s, 8 producers",
        "p99 ms",
        "drain/s",
        "wire B/record",
        "disk B/record accepted",
        "disk B/record delivered",
        "RSS MB",
        "lost / doubled, kill -9",
        "bad link, records/s",
    )
    table = [_row(head), _row(["---", *["---:"] * (len(head) - 1)])]
    table += [_row(_cells(row)) for row in rows]
    table += ["", *(f"* **{row.name}**: {row.how}" for row in rows)]
    if growth:
        table += ["", _row(("waiting", "drain/s", "start-up s", "peak RSS MB")), _row(("---:",) * 4)]
        table += [
            _row((f"{size.count:,}", _n(size.drain_per_s), f"{size.start_up_s:.2f}", f"{size.rss_mb:.0f}"))
            for size in growth
        ]
    table += ["", _row(("target", "wanted", "measured", "")), _row(("---", "---:", "---:", "---"))]
    table += [_row((each.what, each.wanted, _short(each.measured), _verdict(each))) for each in found]
    return "\n".join(table)


def _cells(row: Figures) -> tuple[str, ...]:
    killed = "–" if row.lost is None else f"{row.lost:,} / {row.doubled:,}"
    return (
        row.name,
        f"{row.count:,}",
        _n(row.enqueue_per_s),
        _ms(row.enqueue_p99_us),
        _n(row.enqueue8_per_s),
        _ms(row.enqueue8_p99_us),
        _n(row.drain_per_s),
        _n(row.wire_bytes),
        _n(row.disk_enqueue_bytes),
        _n(row.disk_drain_bytes),
        _n(row.rss_mb),
        killed,
        _n(row.bad_link_per_s),
    )


def _least(what: str, wanted: float, ours: float | None, theirs: float | None) -> Target:
    ratio = ours / theirs if ours is not None and theirs else None
    return Target(what, f"{wanted:g} or more", ratio, None if ratio is None else ratio >= wanted)


def _most(what: str, wanted: float, ours: float | None, theirs: float | None) -> Target:
    ratio = ours / theirs if ours is not None and theirs else None
    return Target(what, f"{wanted:g} at most", ratio, None if ratio is None else ratio <= wanted)


def _rate(row: Figures | None) -> float | None:
    return row.enqueue_per_s if row else None


def _rate8(row: Figures | None) -> float | None:
    return row.enqueue8_per_s if row else None


def _life(row: Figures) -> float | None:
    if row.disk_enqueue_bytes is None or row.disk_drain_bytes is None:
        return None
    return row.disk_enqueue_bytes + row.disk_drain_bytes


def _best(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _thriftiest(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _n(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _ms(value_us: float | None) -> str:
    return "–" if value_us is None else f"{value_us / 1000:.2f}"


def _short(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3g}"


def _verdict(target: Target) -> str:
    return {True: "reached", False: "**not reached**", None: ""}[target.reached]

"""The hub's database under several ingest processes."""

from __future__ import annotations

import threading

from fleet.hub.store import StoreError
from sync.chain import Row, start
from sync.frame import make_frame

STREAMS = [bytes([n]) * 16 for n in range(10)]
ROWS = tuple(Row(seq, seq, b"sealed") for seq in range(1, 41))


def frames(stream):
    tip, made = start("kiosk-1", stream), []
    for row in ROWS:
        made.append(make_frame("kiosk-1", stream, tip.chain, (row,)))
        tip = tip.after(row)
    return made, tip


def test_two_ingest_processes_taking_frames_by_turns_leave_no_stream_behind(open_store):
    stores = [open_store(), open_store()]
    stores[0].enrol("kiosk-1", bytes(32))
    made = {stream: frames(stream) for stream in STREAMS}
    failures = []

    def ingest(store, parity):
        try:
            for stream in STREAMS:
                for frame in made[stream][0][parity::2]:
                    store.receive(frame)
        except Exception as error:  # noqa: BLE001  (a thread's failure must reach the test)
            failures.append(error)

    threads = [threading.Thread(target=ingest, args=(store, parity)) for parity, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert stores[0].tips("kiosk-1", STREAMS) == {stream: made[stream][1] for stream in STREAMS}


def test_processes_whose_heaps_share_streams_in_another_order_never_wait_in_a_ring(open_store):
    stores = [open_store() for _ in range(4)]
    stores[0].enrol("kiosk-1", bytes(32))
    made = {stream: frames(stream) for stream in STREAMS}
    failures = []

    def ingest(place):
        try:
            for seq in range(place, len(ROWS), len(stores)):
                heap = [made[stream][0][seq] for stream in STREAMS]
                stores[place].receive_all(heap if place % 2 else heap[::-1])
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=ingest, args=(place,)) for place in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert stores[0].tips("kiosk-1", STREAMS) == {stream: made[stream][1] for stream in STREAMS}

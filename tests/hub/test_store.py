"""The hub's database under several ingest processes."""

from __future__ import annotations

import threading

from fleet.hub.store import HubStore
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


def test_two_ingest_processes_taking_frames_by_turns_leave_no_stream_behind(tmp_path):
    stores = [HubStore.open(f"sqlite:///{tmp_path / 'hub.db'}") for _ in range(2)]
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
    for store in stores:
        store.close()

"""How `sync/dictionary.py` was made, once and for all: a dictionary is part of the format and never changes.

Run it as `python bench/road/train_dictionary.py > sync/dictionary.py`.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from random import Random

import msgspec
import zstandard

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
from samples import entries  # noqa: E402  (the path above)

from sync.records import AgentCalled, ReceiptContent, ReceiptRequested  # noqa: E402

SEEDS = range(1000, 1400)
DICTIONARY_BYTES = 4_096


def _samples() -> list[bytes]:
    made = []
    for seed in SEEDS:
        random = Random(seed)
        for entry in entries(40, random):
            times = [entry.time.boottime_ns // 1_000_000, round(entry.time.wall_s * 1000)]
            sheet = f"F{random.randrange(1, 40_000)}"
            receipt = ReceiptRequested(sheet, random.choice(list(ReceiptContent)))
            records = (entry.record, entry.record, receipt, AgentCalled(random.choice([None, sheet])))
            made += [msgspec.msgpack.encode([*times, random.random() < 0.8, record]) for record in records]
    return made


trained = zstandard.train_dictionary(DICTIONARY_BYTES, _samples(), level=3).as_bytes()
print('"""Words that records are made of, for zstd: part of the format. No I/O.\n')
print('Made once by `bench/road/train_dictionary.py`; a change would be another encoding.\n"""')
print("\nfrom __future__ import annotations\n\nfrom base64 import b85decode\n\nVERSION_1 = b85decode(")
text = base64.b85encode(trained).decode()
for first in range(0, len(text), 112):
    print(f'    "{text[first : first + 112]}"')
print(")")

"""What scanimage is told and says is recorded without a page, and played back to the same orders and the same news.

`python tests/drivers/document/test_document_recording.py` records the replays anew: SANE's test backend, by the
technician's own command.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import recording
from drivers.document import options, orders, recorded, scanimage
from drivers.document.telling import Telling
from drivers.interface import Fault
from drivers.simulated.document_scanner import DEVICE, SimulatedDocumentScanner, Trouble

REPLAYS = Path(__file__).parents[1] / "replays"
GUICHET = Path(sys.executable).parent / "guichet"
REDACTED = "xxxx:0"  # `DEVICE`
SITE = """
[device]
name = "kiosk-1"
state_dir = "{folder}"
run_dir = "{folder}"
[content]
pack = "none.pack"
[broker]
host = "localhost"
ca_file = "none"
certificate_file = "none"
key_file = "none"
[hub]
opening_key_file = "none"
signing_key_file = "none"
[document_scanner]
device = "{device}"
"""


def record(trouble, out):
    """Record one page by `guichet devices record`; return what is left of it in memory."""
    with tempfile.TemporaryDirectory(dir="/dev/shm", prefix="guichet-test-") as name:
        folder = Path(name)
        scanner = SimulatedDocumentScanner(folder / "sane.d")
        scanner.plug()
        scanner.suffer(trouble)
        (folder / "site.toml").write_text(SITE.format(folder=folder, device=DEVICE))
        command = [GUICHET, "devices", "record", "document-scanner", "-o", out, "--config", folder / "site.toml"]
        environment = {**os.environ, "SANE_CONFIG_DIR": str(folder / "sane.d")}
        subprocess.run(command, check=True, capture_output=True, timeout=60, env=environment)
        return [path for path in folder.rglob("*") if path.suffix in {".pnm", ".jpg"}]


class Played:
    """A recording, fed to what the driver is made of."""

    def __init__(self, steps):
        ends = [number for number, step in enumerate(steps) if step.ended is not None]
        asking, scanning = steps[: ends[0] + 1], steps[ends[0] + 1 :]
        self.can = options.parse(b"".join(bytes.fromhex(step.came) for step in asking).decode())
        self.asked, self.told = (bytes.fromhex(each[0].out).split(b"\0") for each in (asking, scanning))
        telling = Telling()
        heard = [telling.receive(bytes.fromhex(step.err)) for step in scanning]
        self.percents = [each for each in heard if each is not None]
        self.pages = b"".join(bytes.fromhex(step.came) for step in scanning).splitlines()
        self.fault = telling.fault(scanning[-1].ended, len(self.pages))


@pytest.mark.parametrize(
    ("name", "fault", "pages"),
    [("document-page", None, [b"scan-0001.pnm"]), ("document-jammed", Fault.PAPER_JAMMED, [])],
)
def test_a_document_scanners_replay_gives_the_same_orders_and_news(name, fault, pages):
    played = Played(recording.decode((REPLAYS / f"{name}.jsonl").read_bytes()))
    assert played.asked == [each.encode() for each in scanimage.asking(REDACTED)]
    told = scanimage.scanning(REDACTED, orders.orders(played.can), most_pages=1)
    assert played.told == [each.encode() for each in told]
    assert (played.fault, played.pages) == (fault, pages)
    assert played.percents == sorted(played.percents)
    assert (played.percents[-1] > 0) is (fault is None)


def test_a_page_is_recorded_and_not_kept(tmp_path):
    assert record(Trouble.NONE, tmp_path / "a.jsonl") == []
    played = Played(recording.decode((tmp_path / "a.jsonl").read_bytes()))
    assert (played.fault, played.pages) == (None, [b"scan-0001.pnm"])
    assert DEVICE.encode().hex() not in (tmp_path / "a.jsonl").read_text()


def test_what_a_backend_blabs_is_in_no_recording_and_what_the_driver_reads_is():
    said = b"Progress: 12.3%\rzqxcanari 1970\nscanimage: sane_read: Document feeder jammed\n"
    steps = recorded.scanned([(0, b"scan-0001.pnm\nzqxcanari\n", said[:20]), (5, b"", said[20:])], "test:1")
    assert bytes.fromhex(steps[0].came) == b"scan-0001.pnm\nxxxxxxxxx\n"
    kept = b"".join(bytes.fromhex(step.err) for step in steps)
    assert kept == said.replace(b"zqxcanari 1970", b"xxxxxxxxx 0000")


pieces = st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=40), st.binary(max_size=40)), max_size=8)


@given(pieces)
def test_whatever_it_says_is_cut_where_it_was(came):
    steps = recorded.scanned(came, "test:1")
    sizes = [(len(out), len(err)) for _, out, err in came if out or err]
    assert [(len(step.came) // 2, len(step.err) // 2) for step in steps] == sizes


if __name__ == "__main__":
    for replay, turned in (("document-page", Trouble.NONE), ("document-jammed", Trouble.JAMMED)):
        record(turned, REPLAYS / f"{replay}.jsonl")

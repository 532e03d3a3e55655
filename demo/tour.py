"""A citizen's journey played off-screen, and what it leaves: pictures of the screens and of the paper, the hub's table.

tour/01-home.png …       every screen passed
tour/receipt.png         the paper, as the simulated printer printed it
tour/records.txt         what the hub holds, opened
tour/outbox.txt          what the device says of its outbox
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image

from demo.around import Around
from demo.commands import command
from demo.processes import ProcessError
from demo.publishing import Publishing
from demo.world import EVERY_PART, World

if TYPE_CHECKING:
    from collections.abc import Callable

_JOURNEYS = Path(__file__).parent / "journeys"
_JOURNEY_S = 180
# A citizen has a minute; the tour, which has nobody to hurry, a quarter of one.
_IDLE_WARNING_S = 15


@dataclass(frozen=True, slots=True)
class Hand:
    """What somebody does beside the screen: once the script is at `step`, and the kiosk has opened `device`."""

    step: str
    device: str
    do: Callable[[], None]


def play(folder: Path, pack: Path, out: Path) -> None:
    """Play the journeys of `demo/journeys` in a new small world in `folder`; leave what they show in `out`.

    Raises:
        ProcessError: a step could not be done, or the hub does not hold exactly one record of the session.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    beside = Around(folder / "kiosk")
    small = World(folder, pack, idle_warning_s=_IDLE_WARNING_S, around=beside)
    print("==> broker, hub, publisher, sync service, keeper, printer, scanner and what is around the screen start")
    small.make()
    Publishing(small)
    try:
        small.start(*EVERY_PART, *beside.parts)
        print("==> a tenant moves house: four questions, one checklist, one paper")
        _journey(small, "demenage.play", out)
        shutil.copy(small.paper_dir / "receipt-001.png", out / "receipt.png")
        address = _address(out / "receipt.png")
        print(f"==> the paper's code leads to {address}")
        records = small.wait_for_records(1)
        if len(records) != 1:
            raise ProcessError(f"the hub holds {len(records)} records of one session: {small.outbox()}")
        (out / "records.txt").write_text(_records(small), encoding="utf-8")
        (out / "outbox.txt").write_text(_outbox(small), encoding="utf-8")
        print(f"==> the hub holds one record: {records[0]['kind']} {records[0]['sheet']}")
        print("==> the paper is shown to the scanner; searching, reading and waiting follow")
        scanner = small.parts["scanner"]
        _journey(small, "relire.play", out, Hand("wait sheet", "scanner", lambda: scanner.tell(address)))
        print("==> the mains fail, keys are pressed, a sealed paper is held before the scanner")
        _journey(
            small,
            "autour.play",
            out,
            Hand("wait trouble", "power", lambda: beside.feed("low")),
            Hand("wait no-trouble", "power", lambda: beside.feed("mains")),
            Hand("wait focus", "keypad", lambda: _press_next(small, 2)),
            Hand("wait paper", "scanner", lambda: scanner.tell(small.issue("tax-notice"))),
        )
    finally:
        small.end()
    print(f"==> {len(list(out.glob('*.png')))} pictures in {out}/")


def _journey(small: World, script: str, out: Path, *hands: Hand) -> None:
    """Play one script to its end, with these hands beside it."""
    waiting = list(hands)
    serving: set[str] = set()
    heard: set[str] = set()

    def follow(line: str) -> None:
        heard.update(hand.step for hand in waiting if line.startswith(hand.step))
        serving.update(hand.device for hand in waiting if f'"device": "{hand.device}"' in line)
        for hand in [each for each in waiting if each.step in heard and each.device in serving]:
            waiting.remove(hand)
            hand.do()

    kiosk = small.play(_JOURNEYS / script, out, follow)
    if kiosk.wait(_JOURNEY_S):
        raise ProcessError(f"the journey {script} stopped: {kiosk.last_words()}")


def _press_next(small: World, times: int) -> None:
    for _ in range(times):
        small.parts["keypad"].tell("tap next")


def _address(picture: Path) -> str:
    """Return what the QR code on a picture of a paper says."""
    with Image.open(picture) as paper:
        found = zxingcpp.read_barcodes(paper)
    if not found:
        raise ProcessError(f"no code can be read on {picture}")
    return found[0].text


def _records(small: World) -> str:
    return command("guichet-hub", "records", "--hub", str(small.hub))


def _outbox(small: World) -> str:
    return command("guichet", "outbox", "--config", str(small.site))

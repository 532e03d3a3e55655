"""From a citizen's touch to the hub's database, while parts of the world stop and die."""

from __future__ import annotations

import time
from functools import partial

import pytest
import zxingcpp
from PIL import Image

pytestmark = [pytest.mark.broker, pytest.mark.screen, pytest.mark.timeout(180)]
JOURNEY_S = 90
OFFICIAL = "https://www.service-public.fr/particuliers/vosdroits/F14128"
# The other moments of the same tour are the long proofs' business.
LATER = partial(pytest.param, marks=pytest.mark.prove)


def play(world, tmp_path, script, on_line=str):
    """Play a journey to its end and return the kiosk's exit code."""
    return world.play(script, tmp_path / "pictures", on_line).wait(JOURNEY_S)


def papers(world):
    return sorted(world.paper_dir.glob("receipt-*.png"))


def test_a_journey_leaves_one_paper_and_one_record(world, tmp_path, move):
    assert play(world, tmp_path, move) == 0
    [paper] = papers(world)
    with Image.open(paper) as picture:
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [OFFICIAL]
    [record] = world.wait_for_records(1)
    assert (record["device"], record["kind"]) == ("kiosk-demo", "receipt_requested")
    assert (record["sheet"], record["content"]) == ("F14128", "checklist")


def test_a_broker_that_stops_is_not_noticed_and_gets_the_record_once_within_five_seconds(world, tmp_path, move):
    def stop_the_broker(line):
        if line == "touch Français":
            world.parts["broker"].kill()

    assert play(world, tmp_path, move, on_line=stop_the_broker) == 0
    assert len(papers(world)) == 1
    waiting = world.outbox()
    assert (waiting["waiting"], waiting["confirmed"]) == (1, 0)
    assert waiting["since"] is not None
    world.start("broker")
    back_s = time.monotonic()
    assert len(world.wait_for_records(1, deadline_s=5)) == 1
    assert time.monotonic() - back_s <= 5
    assert world.outbox()["waiting"] == 0


@pytest.mark.parametrize("part", ["broker", "hub", "sync"])
@pytest.mark.parametrize("line", [LATER("touch Je déménage"), "touch Imprimer ma liste", LATER("wait printed")])
def test_a_part_killed_at_any_point_of_the_tour_loses_and_doubles_nothing(world, tmp_path, move, part, line):
    def kill(said):
        if said == line:
            world.parts[part].kill()

    assert play(world, tmp_path, move, on_line=kill) == 0
    world.start(part)
    assert len(world.wait_for_records(1)) == 1
    assert len(papers(world)) == 1


@pytest.mark.parametrize(
    "line", [LATER("touch Je déménage"), LATER("wait checklist F14128"), "touch Imprimer ma liste", "wait printed"]
)
def test_a_kiosk_killed_at_any_point_of_the_tour_prints_nothing_without_its_record(world, tmp_path, move, line):
    def kill(said):
        if said == line:
            world.parts["kiosk"].kill()

    world.play(move, tmp_path / "pictures", kill).wait(JOURNEY_S)
    printed_first = len(papers(world))
    assert play(world, tmp_path, move) == 0
    printed = len(papers(world))
    # What hung out of the printer when the kiosk was killed is cut off, as void, before the next paper.
    assert printed - printed_first in {1, 2}
    records = world.wait_for_records(printed)
    queued = sum(max(stream["last_seq"] - 1, 0) for stream in world.outbox()["streams"])
    # A kill between the record's commit and the paper leaves a record without paper, never a paper without record.
    assert printed <= len(records) == queued <= 2


def test_everything_killed_at_once_loses_and_doubles_nothing(world, tmp_path, move):
    world.parts["broker"].kill()

    def kill(said):
        if said == "wait printed":
            for part in ("sync", "hub", "kiosk"):
                world.parts[part].kill()

    world.play(move, tmp_path / "pictures", kill).wait(JOURNEY_S)
    queued = world.outbox()["waiting"]
    assert len(papers(world)) <= queued <= 1
    world.start("broker", "hub", "sync")
    assert play(world, tmp_path, move) == 0
    assert len(world.wait_for_records(queued + 1)) == queued + 1
    assert world.outbox()["waiting"] == 0


CANARIES = """\
wait home
touch Écrivez ce que vous cherchez
wait search
type zyxcanari
type 0612345678
wait results
touch Terminer et effacer
wait home
touch Je déménage
wait questionnaire
touch Locataire
touch Européen (UE)
touch Oui
touch Retraité
wait checklist F14128
touch Imprimer ma liste
wait printed
end
"""


def test_nothing_typed_or_answered_is_in_any_file_of_the_device_hub_or_broker(world, tmp_path):
    script = tmp_path / "canaries.play"
    script.write_text(CANARIES, encoding="utf-8")
    assert play(world, tmp_path, script) == 0
    assert len(world.wait_for_records(1)) == 1
    world.parts["broker"].end()  # mosquitto writes its memory down when it ends
    files = [path for part in ("kiosk", "hub") for path in (world.folder / part).rglob("*") if path.is_file()]
    assert {"outbox.db", "hub.db", "mosquitto.db"} <= {path.name for path in files}
    raw = b"".join(path.read_bytes() for path in files).lower()
    for canary in ("zyxcanari", "0612345678", "locataire", "européen", "retraité"):
        assert canary.encode() not in raw

"""The hub's opening keys: rotation, devices that were away, and when an old key may go."""

from __future__ import annotations

import json
import stat
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from fleet.commands import app
from fleet.hub.key_needs import Need, Sealed, needs
from fleet.hub.opening_keys import RotationError, rotate
from fleet.hub.store import HubStore
from fleet.premises import Listener, enrol, establish
from fleet.settings import load
from sync import keys
from sync.chain import start
from sync.entry import Entry, Moment, encode
from sync.frame import make_frame
from sync.records import ReceiptContent, ReceiptRequested
from sync.seal import Predecessor, StreamSeal, key_id

OLD, NEW = b"old-key-", b"new-key-"
A, B, C = (bytes([n]) * 16 for n in (1, 2, 3))
LANE = "kiosk.ordinary"


def sealed(stream, key, previous=None, **changes):
    before = Predecessor(previous, 5, bytes(32)) if previous else None
    return replace(Sealed(stream, LANE, key, before, tip_seq=5, last_seq=5, opened=True), **changes)


def test_a_device_that_was_given_an_old_key_and_is_silent_still_needs_it():
    assert needs(OLD, [], [NEW, OLD]) == {OLD: [Need.GIVEN]}


def test_a_device_that_has_gone_over_to_the_new_key_needs_the_old_one_no_more():
    assert needs(OLD, [sealed(A, OLD), sealed(B, NEW, A)], [NEW, OLD]) == {NEW: [Need.WRITING]}


def test_a_lane_whose_newest_stream_is_sealed_to_the_old_key_may_still_be_written():
    streams = [sealed(A, OLD, lane="kiosk.urgent"), sealed(B, OLD), sealed(C, NEW, B)]
    assert needs(NEW, streams, [NEW, OLD])[OLD] == [Need.WRITING]


def test_a_stream_without_a_lane_is_ended_by_the_first_with_one():
    assert needs(NEW, [sealed(A, OLD, lane=""), sealed(B, NEW)], [NEW, OLD]) == {NEW: [Need.WRITING]}
    assert needs(NEW, [sealed(A, OLD, lane="")], [NEW, OLD])[OLD] == [Need.WRITING]


def test_rows_that_are_not_opened_need_their_key():
    streams = [sealed(A, OLD, opened=False), sealed(B, NEW, A)]
    assert needs(NEW, streams, [NEW, OLD])[OLD] == [Need.UNOPENED]


def test_rows_that_are_still_to_come_need_their_key():
    assert needs(NEW, [sealed(A, OLD, last_seq=9), sealed(B, NEW, A)], [NEW, OLD])[OLD] == [Need.TO_COME]
    assert needs(NEW, [sealed(A, OLD, tip_seq=3, last_seq=3), sealed(B, NEW, A)], [NEW, OLD])[OLD] == [Need.TO_COME]


def test_a_stream_of_which_nothing_has_come_may_be_sealed_to_any_key_up_to_its_successors():
    assert needs(NEW, [sealed(B, OLD, A), sealed(C, NEW, B)], [NEW, OLD, b"oldest--"]) == {
        OLD: [Need.TO_COME],
        b"oldest--": [Need.TO_COME],
        NEW: [Need.WRITING],
    }


@pytest.fixture
def folder(tmp_path):
    establish(tmp_path / "hub", Listener("localhost", 8883, "127.0.0.1"))
    return tmp_path / "hub"


@pytest.fixture
def guichet_hub(folder):
    def run(*arguments):
        return CliRunner().invoke(app, [*arguments, "--hub", str(folder)])

    return run


class Device:
    """A device that seals to whatever hub-opening.pub it has."""

    def __init__(self, folder, identity_dir):
        self._folder = folder
        self.public = keys.load_opening_public(identity_dir / "hub-opening.pub")
        self.streams = 0
        self.previous = None

    def write(self, *sheets):
        """Return a new stream's frame, as it waits in the outbox."""
        self.streams += 1
        seal = StreamSeal("kiosk-1", bytes([self.streams]) * 16, bytes(32), LANE, "b00t")
        time = Moment("b00t", 1_000_000, 2.0, synchronised=True)
        rows = [seal.opening(self.public, self.previous)]
        for seq, sheet in enumerate(sheets, 2):
            rows.append(seal.seal(seq, encode(Entry(time, ReceiptRequested(sheet, ReceiptContent.SHEET)))))
        tip = start("kiosk-1", seal.stream)
        frame = make_frame("kiosk-1", seal.stream, tip.chain, tuple(rows))
        for row in rows:
            tip = tip.after(row)
        self.previous = Predecessor(seal.stream, tip.seq, tip.chain)
        return frame


@pytest.fixture
def device(folder, tmp_path):
    enrol(folder, "kiosk-1", tmp_path / "identity")
    return Device(folder, tmp_path / "identity")


def deliver(folder, frame):
    store = HubStore.open(load(folder / "hub.toml").database_url)
    store.receive(frame)
    store.close()


def needed(guichet_hub):
    return [key["needed"] for key in json.loads(guichet_hub("keys", "list", "--json").output)]


def test_a_device_that_was_away_for_months_is_opened_with_the_old_key(folder, device, guichet_hub):
    waiting = device.write("F1", "F2")
    assert guichet_hub("keys", "rotate-opening").exit_code == 0
    assert guichet_hub("keys", "rotate-opening").exit_code == 0
    assert needed(guichet_hub) == [{}, {}, {"kiosk-1": ["given"]}]
    deliver(folder, waiting)
    assert needed(guichet_hub)[2] == {"kiosk-1": ["unopened", "writing"]}
    opened = json.loads(guichet_hub("records", "--json").output)
    assert [record["sheet"] for record in opened] == ["F1", "F2"]


def test_an_old_key_is_needed_until_the_last_stream_under_it_is_in(folder, device, guichet_hub):
    deliver(folder, device.write("F1"))
    guichet_hub("keys", "rotate-opening")
    late = device.write("F2")
    device.public = keys.load_opening_public(folder / "hub/opening-2.pub")
    newest = device.write("F3")
    deliver(folder, newest)
    guichet_hub("records")
    assert needed(guichet_hub) == [{"kiosk-1": ["to_come", "writing"]}, {"kiosk-1": ["to_come", "writing"]}]
    deliver(folder, late)
    guichet_hub("records")
    assert needed(guichet_hub) == [{"kiosk-1": ["writing"]}, {}]
    assert "no longer needed" in guichet_hub("keys", "list").output


def test_devices_enrolled_after_a_rotation_seal_to_the_new_key(folder, tmp_path, guichet_hub):
    public = rotate(folder)
    enrol(folder, "kiosk-2", tmp_path / "identity-2")
    given = keys.load_opening_public(tmp_path / "identity-2/hub-opening.pub")
    assert key_id(given) == key_id(keys.load_opening_public(public))
    assert needed(guichet_hub) == [{"kiosk-2": ["given"]}, {}]


def test_a_rotation_keeps_what_the_operator_wrote_and_guards_the_key(folder):
    settings = folder / "hub.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n# our own remark\n[limits]\nrows_per_s = 7\n")
    rotate(folder)
    changed = load(settings)
    assert [file.name for file in changed.keys.opening_files] == ["opening-2.key", "opening.key"]
    assert changed.limits.rows_per_s == 7
    assert "# our own remark" in settings.read_text(encoding="utf-8")
    assert stat.S_IMODE((folder / "hub/opening-2.key").stat().st_mode) == 0o600


def test_settings_that_cannot_be_changed_stay_as_they_are(folder):
    settings = folder / "hub.toml"
    text = settings.read_text(encoding="utf-8").replace("opening_files", '"opening_files"')
    settings.write_text(text, encoding="utf-8")
    with pytest.raises(RotationError, match="no line"):
        rotate(folder)
    assert settings.read_text(encoding="utf-8") == text
    assert not (folder / "hub/opening-2.key").exists()


def test_a_key_that_streams_need_and_no_file_holds_is_named(folder, device, guichet_hub):
    deliver(folder, device.write("F1"))
    lost = key_id(device.public).hex()
    rotate(folder)
    settings = folder / "hub.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(', "hub/opening.key"', ""), encoding="utf-8")
    said = guichet_hub("keys", "list")
    assert said.exit_code == 3
    assert f"{lost}  MISSING from hub.toml, and needed by kiosk-1" in said.output

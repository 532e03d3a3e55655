"""The desk beside the kiosk: its page does at the devices what it says."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from queue import SimpleQueue

import pytest
import serial

from demo import badge
from demo.around import Around
from demo.desk import Desk, DeskServer
from demo.documents import Documents
from demo.site import SEVEN_INCH
from demo.world import World
from drivers.document.memory import holds

NAMED_S = 2.0
SERVES_AGAIN_S = 5.0


@pytest.fixture
def world(tmp_path):
    small = World(tmp_path / "world", tmp_path / "no.pack")
    for name in ("kiosk/run", "paper", "logs"):
        (small.folder / name).mkdir(parents=True)
    small.start("printer", "scanner")
    yield small
    small.end()


@pytest.fixture
def desk(world):
    with DeskServer(world) as desk:
        yield desk


def ask(desk, path="", body=None, **headers):
    request = urllib.request.Request(desk.address + path, data=body, headers=headers)  # noqa: S310  (our own page)
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        return answer.read()


def touch(desk, what, value):
    return ask(desk, "do", json.dumps({"do": what, "value": value}).encode())


def state(desk):
    return json.loads(ask(desk, "state"))


def test_the_page_is_there(desk):
    assert "Ce qui sort de l’imprimante" in ask(desk).decode()


def test_a_code_scanned_at_the_desk_comes_over_the_scanners_line(desk, world):
    with serial.Serial(str(world.folder / "kiosk/scanner"), timeout=10) as line:
        touch(desk, "scan", "F14128")
        assert line.read_until(b"\r") == b"F14128\r"


def test_the_printers_cover_is_opened_and_closed(desk, world):
    said = []
    world.parts["printer"]._on_line = said.append
    touch(desk, "switch", "cover_open")
    assert state(desk)["switches"] == ["cover_open"]
    touch(desk, "switch", "cover_open")
    assert state(desk)["switches"] == []
    assert said == []  # the simulator understood both


def test_a_plug_is_pulled_and_put_back(desk):
    touch(desk, "plug", "printer")
    assert state(desk)["plugged"] == ["scanner"]
    touch(desk, "plug", "printer")
    assert state(desk)["plugged"] == ["printer", "scanner"]


def test_a_scanner_that_is_pulled_out_leaves_no_name_of_a_line_that_becomes_somebody_elses(desk, world):
    touch(desk, "plug", "scanner")
    assert not (world.folder / "kiosk/scanner").is_symlink()


def test_what_an_unplugged_device_cannot_do_is_one_sentence(desk):
    touch(desk, "plug", "scanner")
    with pytest.raises(urllib.error.HTTPError) as refused:
        touch(desk, "scan", "F14128")
    assert json.loads(refused.value.read()) == {"refused": "the scanner is unplugged"}


def test_the_papers_are_shown_newest_first(desk, world):
    for number in (1, 2):
        (world.paper_dir / f"receipt-00{number}.png").write_bytes(b"picture %d" % number)
    assert state(desk)["papers"] == ["receipt-002.png", "receipt-001.png"]
    assert ask(desk, "papers/receipt-002.png") == b"picture 2"


def test_a_sealed_paper_is_held_before_the_scanner(desk, world):
    world.start("authority")
    with serial.Serial(str(world.folder / "kiosk/scanner"), timeout=10) as line:
        touch(desk, "paper", "tax-notice")
        assert line.read_until(b"\r").startswith(b"DC04")


def test_a_sealed_paper_is_checked_on_the_screen(tmp_path, pack):
    small = World(tmp_path / "small", pack, SEVEN_INCH)
    small.make()
    (tmp_path / "a.play").write_text("wait home\nwait no-trouble\nwait paper\npicture paper\nend", encoding="utf-8")
    shown = threading.Event()
    desk = Desk(small)

    def follow(line):
        if line == "wait paper":
            shown.set()

    try:
        small.start("printer", "scanner", "authority")
        kiosk = small.play(tmp_path / "a.play", tmp_path / "pictures", follow)
        assert shown.wait(60)
        desk.do("paper", "tax-notice")
        assert kiosk.wait(30) == 0
    finally:
        desk.leave()
        small.end()


@pytest.mark.skipif(not badge.can_read_cards(), reason="a virtual card reader wants root")
def test_a_card_is_put_into_the_reader_and_taken_out(desk, world):
    world.cards = True
    badge.make(world.badge_key)
    touch(desk, "plug", "reader")
    for card in ("badge", "vitale", "none"):
        touch(desk, "card", card)
        assert state(desk)["card"] == card


@pytest.mark.parametrize(
    "path", ["sounds/sound-001.wav", "papers/..%2F..%2Fsite.toml", "papers/site.toml", "site.toml"]
)
def test_nothing_else_is_given_away(desk, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask(desk, path)


@pytest.mark.parametrize("headers", [{"Origin": "http://elsewhere.example"}, {"Host": "elsewhere.example"}])
def test_another_page_has_no_hands_here(desk, headers):
    with pytest.raises(urllib.error.HTTPError, match="403"):
        ask(desk, "do", b'{"do": "plug", "value": "printer"}', **headers)
    assert state(desk)["plugged"] == ["printer", "scanner"]


def test_what_is_done_to_the_printer_is_on_the_screen_in_time_and_gone_when_it_is_mended(tmp_path, pack):
    """Within two seconds of the mishap, and five of its mending; half of one is left for the script's own looks."""
    small = World(tmp_path / "small", pack, SEVEN_INCH)
    small.make()
    script = tmp_path / "trouble.play"
    rounds = ["wait trouble", "wait no-trouble"] * 3
    script.write_text("\n".join(["wait home", "wait no-trouble", *rounds, "end"]), encoding="utf-8")
    said: SimpleQueue[tuple[float, str]] = SimpleQueue()
    try:
        small.start("printer", "scanner")
        desk = Desk(small)
        kiosk = small.play(script, tmp_path / "pictures", lambda line: said.put((time.monotonic(), line)))
        _until(said, "wait trouble")
        for number, (what, value) in enumerate((("switch", "cover_open"), ("plug", "printer"), ("plug", "scanner"))):
            # A step's beginning is the end of the one before.
            after = "wait trouble" if number < 2 else "end"
            for line, limit_s in (("wait no-trouble", NAMED_S), (after, SERVES_AGAIN_S)):
                done_s = time.monotonic()
                desk.do(what, value)
                assert _until(said, line) - done_s < limit_s + 0.5, f"{what} {value}: {line}"
        assert kiosk.wait(30) == 0
        desk.leave()
    finally:
        small.end()


def _until(said, line):
    """Wait until the player has done a step of its script, and return when."""
    while True:
        when_s, heard = said.get(timeout=60)
        if heard == line:
            return when_s


@pytest.fixture
def with_documents(tmp_path):
    small = World(tmp_path / "world", tmp_path / "no.pack", papers_in=True)
    small.make()
    with DeskServer(small) as desk:
        touch(desk, "plug", "document-scanner")
        yield desk
    small.end()


def test_a_document_scanner_is_tried_jammed_and_unplugged_at_the_desk(with_documents):
    touch(with_documents, "try", "")
    assert state(with_documents)["documents"]["scanned"].startswith("scanned: 1 page of ")
    touch(with_documents, "trouble", "jammed")
    touch(with_documents, "try", "")
    assert "jam" in state(with_documents)["documents"]["scanned"]
    touch(with_documents, "trouble", "jammed")
    assert state(with_documents)["documents"]["trouble"] == "none"
    assert "document-scanner" in state(with_documents)["plugged"]
    touch(with_documents, "plug", "document-scanner")
    assert "document-scanner" not in state(with_documents)["plugged"]


def test_a_jammed_document_scanner_is_jammed_still_when_it_is_plugged_in_again(with_documents):
    touch(with_documents, "trouble", "jammed")
    for _ in range(2):
        touch(with_documents, "plug", "document-scanner")
    touch(with_documents, "try", "")
    assert "jam" in state(with_documents)["documents"]["scanned"]


@pytest.mark.prove
def test_a_document_scanner_unplugged_at_the_desk_is_on_the_screen_and_gone_when_it_is_back(tmp_path, pack):
    """Nothing on the system shows that SANE's test backend is unplugged: it is seen when the scanner is asked next."""
    small = World(tmp_path / "small", pack, SEVEN_INCH, papers_in=True)
    small.make()
    script = tmp_path / "trouble.play"
    script.write_text("wait home\nwait no-trouble\nwait trouble\nwait no-trouble\nend", encoding="utf-8")
    said: SimpleQueue[tuple[float, str]] = SimpleQueue()
    desk = Desk(small)
    try:
        small.start("printer", "scanner")
        desk.do("plug", "document-scanner")
        kiosk = small.play(script, tmp_path / "pictures", lambda line: said.put((time.monotonic(), line)))
        _until(said, "wait trouble")
        for line, limit_s in (("wait no-trouble", 15 + NAMED_S), ("end", SERVES_AGAIN_S)):
            done_s = time.monotonic()
            desk.do("plug", "document-scanner")
            assert _until(said, line) - done_s < limit_s + 0.5
        assert kiosk.wait(30) == 0
    finally:
        desk.leave()
        small.end()


def test_the_kiosk_beside_a_document_scanner_has_its_folder_in_memory_and_it_is_gone_at_the_end(tmp_path):
    Documents(tmp_path)
    memory = (tmp_path / "run").resolve()
    assert holds(memory)
    Documents.forget(tmp_path)
    assert not memory.exists()


# What is around the screen.


class Scene:
    """A small world with all that is around the screen, its desk, and what its kiosk and its parts have said."""

    def __init__(self, folder, pack):
        self.world = World(folder, pack, SEVEN_INCH, around=Around(folder / "kiosk"))
        self.world.make()
        self.desk = Desk(self.world)
        self.said = SimpleQueue()

    def play(self, script, pictures):
        self.world.start("printer", "scanner", *self.world.around.parts)
        return self.world.play(script, pictures, self.said.put)

    def until(self, line):
        while self.said.get(timeout=60) != line:
            pass

    def wait(self, happened, patience_s=20):
        end_s = time.monotonic() + patience_s
        while not happened(self.desk.state()["around"]):
            assert time.monotonic() < end_s, self.desk.state()
            threading.Event().wait(0.05)


@pytest.fixture
def scene(tmp_path, pack):
    made = Scene(tmp_path / "w", pack)
    yield made
    made.desk.leave()
    made.world.end()


def test_what_is_around_the_screen_is_plugged_in_again(world, desk):
    world.around = Around(world.folder / "kiosk")
    for _ in range(2):
        for name in world.around.parts:
            touch(desk, "plug", name)
        assert set(world.around.parts) <= set(state(desk)["plugged"])
        for name in world.around.parts:
            touch(desk, "plug", name)
        assert not set(world.around.parts) & set(state(desk)["plugged"])


def test_a_world_without_them_has_none_around_its_screen(desk):
    assert state(desk)["around"] is None
    with pytest.raises(urllib.error.HTTPError, match="409"):
        touch(desk, "key", "next")


def test_a_citizen_who_touches_nothing_answers_a_question_and_hears_it(scene, tmp_path):
    """From the pad's wire to the painted focus, the question, the loudspeaker and the lamp."""
    script = tmp_path / "keys.play"
    steps = [
        "wait home",
        "wait no-trouble",
        "wait focus",
        "picture focus",
        "wait questionnaire",
        "wait no-focus",
        "picture question",
        "end",
    ]
    script.write_text("\n".join(steps), encoding="utf-8")
    kiosk = scene.play(script, tmp_path / "pictures")
    scene.until("wait focus")
    scene.wait(lambda around: around["lamp"]["green"] == "lit")
    for key in ("next", "next", "next"):  # over the search to the first life event, and the second
        scene.desk.do("key", key)
    scene.until("picture focus")
    scene.desk.do("key", "choose")
    scene.until("picture question")
    scene.wait(lambda around: around["sounds"])
    scene.wait(lambda around: around["lamp"]["amber"] == "lit")
    assert kiosk.wait(30) == 0
    heard = scene.desk.sound(scene.desk.state()["around"]["sounds"][0])
    assert heard.startswith(b"RIFF")


def test_power_and_headphones_are_told_while_they_are_so(scene, tmp_path):
    script = tmp_path / "around.play"
    steps = ["wait home", "wait no-trouble", "wait trouble", "wait no-trouble", "wait focus", "end"]
    script.write_text("\n".join(steps), encoding="utf-8")
    kiosk = scene.play(script, tmp_path / "pictures")
    for line, power in (("wait no-trouble", "battery"), ("wait trouble", "low"), ("wait no-trouble", "mains")):
        scene.until(line)
        scene.desk.do("power", power)
    scene.until("wait focus")
    scene.desk.do("headphones", "in")
    scene.wait(lambda around: around["sounds"])
    scene.desk.do("key", "next")
    assert kiosk.wait(30) == 0

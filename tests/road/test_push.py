"""A push from the operator's folder to a kiosk's window: taken, or put back by the device itself."""

from __future__ import annotations

import json
import shutil
import threading
import time
import zipfile
from datetime import date

import pytest
from PIL import ImageGrab

from demo.commands import command
from demo.site import TEN_INCH
from demo.world import EVERY_PART, World
from drivers.simulated.two_d_doc_authority import TwoDDocAuthority
from drivers.simulated.two_d_doc_specimens import SPECIMENS
from kiosk.ui.font_file import FOLDER
from tests.road.publishing import Publishing
from tests.road.test_window import display  # noqa: F401  (a fixture)

pytestmark = [pytest.mark.broker, pytest.mark.screen, pytest.mark.timeout(300)]


class Device:
    """A kiosk in a window, its sync service and its keeper; what they say of themselves."""

    def __init__(self, world):
        self.world = world
        self.publishing = Publishing(world)
        world.start(*EVERY_PART)
        world.show()
        self.wait(lambda: self.screen["content"] and set(self.screen["devices"]) == {"printer", "scanner"})
        self.wait(lambda: self.said("link.json")["link"] == "up")

    @property
    def screen(self):
        return self.said("screen.json")

    @property
    def report(self):
        return self.said("config.json")

    def said(self, name):
        try:
            return json.loads((self.world.folder / "kiosk/run" / name).read_text())
        except OSError:
            return {"content": False, "devices": [], "link": "down", "version": None, "on_trial": None}

    def wait(self, seen, patience_s=60.0):
        """Return how many seconds it took until `seen()`."""
        begun_s = time.monotonic()
        while not seen():
            assert time.monotonic() < begun_s + patience_s, (self.screen, self.said("link.json"), self.report)
            threading.Event().wait(0.1)
        return time.monotonic() - begun_s


@pytest.fixture
def device(display, tmp_path, pack):  # noqa: F811  (the fixture)
    del display
    world = World(tmp_path / "world", pack, TEN_INCH)
    world.make()
    yield Device(world)
    world.end()


def test_a_theme_and_a_partner_are_on_the_screen_in_seconds_and_good_ten_later(device, display):  # noqa: F811  (the fixture)
    kiosk = device.world.parts["kiosk"].pid
    before = ImageGrab.grab(xdisplay=display).getpixel((5, 5))
    device.publishing.push_document(
        '[theme]\naccent = "#1B4B8A"\n[[partners]]\nname = "La Poste"\n[structure]\nname = "France Services de Condat"'
    )
    shown_s = device.wait(lambda: device.screen["version"] == 1, 15)
    device.wait(lambda: device.report["version"] == 1 and not device.report["on_trial"], 30)
    print(f"on the screen after {shown_s:.1f} s")  # noqa: T201  (a figure to show)
    assert device.world.parts["kiosk"].pid == kiosk
    assert (before, ImageGrab.grab(xdisplay=display).getpixel((5, 5))) == ((0x17, 0x57, 0x4C), (0x1B, 0x4B, 0x8A))
    assert device.report["wanted"] == device.report["running"]
    hub = str(device.world.hub)
    device.wait(lambda: "1 current" in command("guichet-hub", "push", "status", "--hub", hub), 15)


@pytest.mark.prove
def test_a_new_pack_is_read_without_a_new_start(device, tmp_path):
    command("guichet-hub", "content", "build", "demo/content/sheets", "-o", str(tmp_path / "new.sheets"))
    sheets = (tmp_path / "new.sheets").read_bytes()
    device.publishing.push_document('[content]\npack = "new.pack"', new_sheets=sheets)
    device.wait(lambda: device.screen["version"] == 1 and device.screen["content"], 15)
    assert "starting anew" not in (device.world.folder / "logs/kiosk.log").read_text()


@pytest.mark.prove
@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('[content]\npack = "bad.pack"', "its content cannot be opened"),
        ("[printer]\nport = 9", "a device that answered before is silent"),
        ('[broker]\nhost = "nobody.invalid"', "the hub was reached before, and is not"),
        ('[theme]\nfont = "none.ttf"', "it says what this device cannot use"),
        ('[theme]\nfont = "odd.ttf"', "its theme cannot be shown"),
        ('[papers]\ncertificates = "odd.ttf"', "its list of certificates cannot be used"),
    ],
)
def test_a_push_that_breaks_the_device_is_put_back_within_a_minute(device, document, reason, tmp_path):
    if "odd.ttf" in document:  # it opens, and has no letters
        shutil.copy(FOLDER / "lucide.ttf", tmp_path / "odd.ttf")
        device.publishing.sign("push", "content", str(tmp_path / "odd.ttf"))
    if "bad.pack" in document:
        device.publishing.push_unread("bad.sheets", b"no sheets")
    device.publishing.push_document(document)
    published_s = time.monotonic()
    device.wait(lambda: device.report.get("reasons") == [reason], 75)
    assert device.said("config.json")["version"] == 0
    device.wait(lambda: device.screen["version"] == 0 and device.screen["content"], 15)
    undone_s = time.monotonic() - published_s
    device.wait(lambda: set(device.screen["devices"]) == {"printer", "scanner"}, 15)
    device.wait(lambda: device.said("link.json") | {"version": 0} == device.said("link.json"), 15)
    device.wait(lambda: device.said("link.json")["link"] == "up", 15)
    print(f"{reason}: undone {undone_s:.1f} s after it was published")  # noqa: T201  (a figure to show)


@pytest.mark.prove
def test_a_list_of_certificates_decides_who_is_believed_without_a_new_start(device, display, tmp_path):  # noqa: F811  (the fixture)
    kiosk = device.world.parts["kiosk"].pid
    new = TwoDDocAuthority(date(2024, 1, 1), date(2030, 12, 31), authority_id="FR96")
    with zipfile.ZipFile(tmp_path / "titres.zip", "w") as archive:
        for number, der in enumerate(new.certificates):
            archive.writestr(f"{number}.der", der)
    ours, theirs = device.world.issue("tax-notice"), new.issue(SPECIMENS["tax-notice"], date(2026, 1, 5)).decode()

    def shown(code):
        """Return what the screen shows of a paper, once it no longer changes."""
        seen = [ImageGrab.grab(xdisplay=display)]
        device.world.parts["scanner"].tell(code)

        def is_still():
            seen.append(ImageGrab.grab(xdisplay=display))
            return seen[-1] == seen[-2] != seen[0]

        device.wait(is_still, 15)
        return seen[-1]

    genuine, unknown = shown(ours), shown(theirs)
    assert genuine != unknown
    device.publishing.sign("push", "content", str(tmp_path / "titres.zip"))
    device.publishing.push_document('[papers]\ncertificates = "titres.zip"')
    # Not before the citizen's session has ended, which nobody ends here.
    device.wait(lambda: device.report["version"] == 1 and not device.report["on_trial"], 180)
    assert shown(theirs) != unknown
    assert shown(ours) == unknown
    assert device.world.parts["kiosk"].pid == kiosk
    log = (device.world.folder / "logs/kiosk.log").read_text()
    assert "starting anew" not in log
    assert '"issuers": 1' in log


@pytest.mark.prove
def test_after_bad_pushes_were_undone_a_citizen_leaves_with_the_paper(device, move):
    device.publishing.push_document("[printer]\nport = 9")
    device.wait(lambda: device.report.get("reasons") == ["a device that answered before is silent"], 75)
    device.publishing.push_unread("bad.sheets", b"no sheets")
    device.publishing.push_document('[content]\npack = "bad.pack"')
    device.wait(lambda: device.report.get("reasons") == ["its content cannot be opened"], 75)
    device.wait(lambda: device.screen["version"] == 0 and device.screen["content"], 15)
    device.world.parts["kiosk"].end()
    kiosk = device.world.play(move, device.world.folder / "pictures")
    assert kiosk.wait(120) == 0
    assert len(device.world.wait_for_records(1)) == 1
    assert (device.world.paper_dir / "receipt-001.png").exists()

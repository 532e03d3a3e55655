"""`guichet kiosk`, as a process: what it refuses, what it shows, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

from drivers.scanner.model import Make
from drivers.simulated.scanner import SimulatedScanner

pytestmark = pytest.mark.screen
GUICHET = Path(sys.executable).parent / "guichet"
CANARY = "zqxcanari"
ADDRESS = b"https://www.service-public.fr/particuliers/vosdroits/F14128"


@pytest.fixture
def site(tmp_path, pack_path):
    key = X25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "hub.pub").write_bytes(key)
    path = tmp_path / "site.toml"
    path.write_text(
        f"""
[device]
name = "kiosk-1"
state_dir = "{tmp_path / "state"}"
run_dir = "{tmp_path / "run"}"
[content]
pack = "{pack_path}"
[screen]
width_px = 1024
height_px = 600
dpi = 169.5
fullscreen = false
[broker]
host = "localhost"
ca_file = "ca"
certificate_file = "crt"
key_file = "key"
[hub]
opening_key_file = "{tmp_path / "hub.pub"}"
signing_key_file = "{tmp_path / "hub.pub"}"
""",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(("code", "beep"), [(ADDRESS, "beep"), (b"4006381333931", "beep_badly")])
def test_the_scanner_beeps_as_the_kiosk_knows_a_code(site, code, beep):
    # The whole way: line, driver, journeys, effect, line.
    site.write_text(site.read_text() + f'[scanner]\nport = "{site.parent / "scanner"}"\nmake = "zebra"\n')
    (site.parent / "a.play").write_text("touch Écrivez ce que vous cherchez\nwait help\n", encoding="utf-8")
    command = [GUICHET, "kiosk", "--config", site, "--play", site.parent / "a.play"]
    with (
        SimulatedScanner(site.parent / "scanner", Make.ZEBRA) as scanner,
        subprocess.Popen(command, stdout=subprocess.PIPE) as kiosk,
    ):
        try:
            assert kiosk.stdout.readline().startswith(b"touch")
            assert kiosk.stdout.readline() == b"wait help\n"  # the search is open: the pack is
            assert scanner.obeyed.get(timeout=10) == "ask"
            scanner.scan(code)
            assert scanner.obeyed.get(timeout=10) == beep
        finally:
            kiosk.terminate()


def play(site, script, *options):
    (site.parent / "a.play").write_text(script, encoding="utf-8")
    arguments = ["kiosk", "--config", site, "--play", site.parent / "a.play", "--pictures", site.parent / "pictures"]
    return subprocess.run([GUICHET, *arguments, *options], capture_output=True, text=True, timeout=100, check=False)


def one_sentence(done):
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_a_missing_configuration_is_one_sentence(tmp_path):
    assert "nowhere.toml" in one_sentence(play(tmp_path / "nowhere.toml", "end"))


def test_a_script_with_a_line_that_is_no_order_is_one_sentence(site):
    assert "line 1 is no order: 'dance'" in one_sentence(play(site, "dance"))


def test_a_missing_script_is_one_sentence(site):
    done = subprocess.run(
        [GUICHET, "kiosk", "--config", site, "--play", "no.play"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "no.play" in one_sentence(done)


def test_a_script_that_is_not_utf_8_is_one_sentence(site):
    (site.parent / "latin.play").write_bytes("touch Je déménage".encode("latin-1"))
    assert "latin.play' is not UTF-8" in one_sentence(play(site, "end", "--play", site.parent / "latin.play"))


def test_without_a_display_a_window_is_refused_in_one_sentence(site):
    blind = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    arguments = [GUICHET, "kiosk", "--config", site]
    done = subprocess.run(arguments, env=blind, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, "no window can be opened" in one_sentence(done)) == (2, True)


def test_the_printers_library_leaves_no_folder_behind(tmp_path):
    code = "from drivers.printer.escpos import dummy_printer; dummy_printer()"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)}, timeout=60, check=True)
    assert list(tmp_path.iterdir()) == []


def test_typing_beyond_the_field_goes_on(site):
    assert play(site, f"touch Écrivez ce que vous cherchez\ntype {'a' * 62}\nend").returncode == 0


def test_a_damaged_outbox_is_set_aside_and_stops_no_sheet_and_no_paper(site):
    (site.parent / "state").mkdir()
    (site.parent / "state/outbox.db").write_bytes(b"no database at all " * 200)
    skips = ["touch Je ne sais pas / Passer"] * 4
    script = ["touch Je déménage", *skips, "touch Imprimer ma liste", "wait not-printed", "end"]
    done = play(site, "\n".join(script))
    assert done.returncode == 0
    assert '"event": "outbox set aside"' in done.stderr
    assert '"event": "record refused"' not in done.stderr


def test_a_played_citizen_tells_each_step_and_leaves_pictures(site):
    done = play(site, "wait home\npicture home\ntouch Un conseiller peut vous aider\nwait help\nend\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:2] == ["wait home", "picture home"]
    with Image.open(site.parent / "pictures/home.png") as picture:
        assert picture.size == (1024, 600)


def test_without_a_pack_the_kiosk_says_so_and_help_is_there(site, pack_path):
    site.write_text(site.read_text(encoding="utf-8").replace(str(pack_path), "/nowhere.pack"), encoding="utf-8")
    done = play(site, "wait unavailable\ntouch Un conseiller peut vous aider\nwait help\nend")
    assert done.returncode == 0


def test_without_a_printer_the_list_stays_one_touch_away(site):
    script = "\n".join(
        [
            "touch Je déménage",
            *["touch Je ne sais pas / Passer"] * 4,
            "touch Imprimer ma liste",
            "wait not-printed",
            "touch Revenir à ma liste",
            "wait checklist F14128",
            "end",
        ]
    )
    assert play(site, script).returncode == 0


def test_nothing_typed_is_in_any_file_of_the_device(site):
    done = play(
        site, f"touch Écrivez ce que vous cherchez\ntype {CANARY}\nwait results\ntouch Terminer et effacer\nend"
    )
    assert done.returncode == 0
    files = [path for folder in ("state", "run") for path in (site.parent / folder).rglob("*") if path.is_file()]
    assert files
    assert not any(CANARY.encode() in path.read_bytes() for path in files)
    assert CANARY not in done.stderr


def scanned_before(site):
    left = site.parent / "run/documents/0a1b/0001.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(CANARY.encode())
    return left


def test_what_a_killed_kiosk_left_of_scanned_papers_is_wiped_at_the_start(site):
    left = scanned_before(site)
    with waiting_kiosk(site, "wait home") as kiosk:
        until(kiosk, "wait home")
        assert not left.exists()


def test_the_end_of_a_session_wipes_scanned_papers_though_no_screen_has_scanned(site):
    script = f"wait home\ntouch Écrivez ce que vous cherchez\ntype {CANARY}\ntouch Terminer et effacer\nwait home"
    with waiting_kiosk(site, script) as kiosk:
        until(kiosk, "touch Écrivez ce que vous cherchez")
        left = scanned_before(site)
        until(kiosk, "wait warning")
        assert not left.exists()


@contextmanager
def waiting_kiosk(site, script):
    """A kiosk that plays a script and then stays; it is killed at the end, and wipes nothing by then."""
    (site.parent / "a.play").write_text(f"{script}\nwait warning\n", encoding="utf-8")
    arguments = [GUICHET, "kiosk", "--config", site, "--play", site.parent / "a.play"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as kiosk:
        try:
            yield kiosk
        finally:
            kiosk.kill()


def until(kiosk, order):
    while kiosk.stdout.readline().strip() != order:
        assert kiosk.poll() is None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_kiosk_cleanly(site, number):
    (site.parent / "a.play").write_text("wait home\nwait warning\n", encoding="utf-8")
    arguments = [GUICHET, "kiosk", "--config", site, "--play", site.parent / "a.play"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as kiosk:
        while kiosk.stdout.readline().strip() != "wait warning":
            pass
        kiosk.send_signal(number)
        assert kiosk.wait(20) == 0
        assert kiosk.stderr.read() == ""

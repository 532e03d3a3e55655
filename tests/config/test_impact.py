"""What of a configuration a process takes over as it runs, and what it must begin anew for."""

from __future__ import annotations

import pytest

from config.impact import screen_begins_anew, sync_begins_anew
from config.parse import parse
from tests.config.test_in_force import SITE

OWN = SITE.format(folder="/var/lib/guichet")
RUNNING = parse(OWN)
NEITHER, SCREEN, SYNC, BOTH = (False, False), (True, False), (False, True), (True, True)


@pytest.mark.parametrize(
    ("change", "who"),
    [
        ('[structure]\nname = "Condat"', NEITHER),
        ('[structure]\nopening_hours = ["lundi : 9 h - 12 h"]', NEITHER),
        ('[[partners]]\nname = "La Poste"', NEITHER),
        ('[theme]\naccent = "#1B4B8A"\nfont = "/var/lib/guichet/letters.ttf"', NEITHER),
        ('[papers]\ncertificates = "/var/lib/guichet/titres.zip"', NEITHER),
        ("[screen]\nidle_warning_s = 90.0\nidle_grace_s = 40.0", NEITHER),
        ("[screen]\nwidth_px = 1024", SCREEN),
        ('[printer]\nhost = "192.168.1.40"', SCREEN),
        ('[scanner]\nport = "/dev/ttyACM0"', SCREEN),
        ('[link]\nmetered = "yes"', SYNC),
        ("[outbox]\nlimit_bytes = 2_000_000", BOTH),
    ],
)
def test_a_table_more_concerns_those_who_live_by_it(change, who):
    changed = parse(f"{OWN}\n{change}")
    assert (screen_begins_anew(RUNNING, changed), sync_begins_anew(RUNNING, changed)) == who


@pytest.mark.parametrize(
    ("said", "instead", "who"),
    [
        ("shipped.pack", "another.pack", NEITHER),
        ("hub.example", "other.example", SYNC),
        ("opening.pub", "other.pub", BOTH),
        ("run_dir", "run_dir", NEITHER),
    ],
)
def test_another_value_concerns_those_who_live_by_it(said, instead, who):
    changed = parse(OWN.replace(said, instead))
    assert (screen_begins_anew(RUNNING, changed), sync_begins_anew(RUNNING, changed)) == who

"""Parsing a device's configuration."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from config.fault import ConfigError
from config.parse import parse
from config.store import load
from drivers.reader.badge import badge_key

DATA = Path(__file__).parent / "data"
GOOD = """
[device]
name = "kiosk-1"
state_dir = "/var/lib/guichet"
run_dir = "/run/guichet"
[content]
pack = "/var/lib/guichet/content/full.pack"
[broker]
host = "hub.example"
ca_file = "/c/ca.crt"
certificate_file = "/c/device.crt"
key_file = "/c/device.key"
[hub]
opening_key_file = "/c/o.pub"
signing_key_file = "/c/s.pub"
"""


def test_a_good_document_becomes_typed_values_with_defaults():
    config = parse(GOOD)
    assert config.device.name == "kiosk-1"
    assert config.content.pack == Path("/var/lib/guichet/content/full.pack")
    assert (config.broker.port, config.screen.idle_warning_s, config.printer) == (8883, 60.0, None)


def test_every_problem_is_listed_by_its_dotted_path():
    document = GOOD.replace('"kiosk-1"', '"Kiosk/#"').replace('host = "hub.example"\n', "") + "[screen]\ndpy = 1\n"
    with pytest.raises(ConfigError) as refused:
        parse(document)
    assert [problem.path for problem in refused.value.problems] == ["device.name", "broker.host", "screen.dpy"]


@pytest.mark.parametrize("grace_s", ["19.9", "0", "-1", '"20"'])
def test_the_idle_warning_never_leaves_less_than_twenty_seconds(grace_s):
    with pytest.raises(ConfigError, match=r"screen\.idle_grace_s"):
        parse(f"{GOOD}[screen]\nidle_grace_s = {grace_s}\n")


def test_a_document_that_is_no_toml_is_one_problem():
    with pytest.raises(ConfigError) as refused:
        parse("= nonsense")
    assert len(refused.value.problems) == 1


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"site\.toml"):
        load(tmp_path / "site.toml")


@given(st.text(max_size=200))
def test_parse_raises_nothing_but_config_error(document):
    with pytest.raises(ConfigError):
        parse(document)


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text("ab/\0 é", max_size=5),
    lambda v: st.lists(v, max_size=2),
)


@given(st.sampled_from(["device", "content", "broker", "hub", "screen", "printer", "scanner", "outbox"]), _values)
def test_a_table_replaced_by_anything_is_a_config_error(table, value):
    with pytest.raises(ConfigError):
        parse(GOOD.replace(f"[{table}]", f"[other.{table}]") + f'\n[[{table}]]\nx = "{value!r:.3}"\n')


def test_a_theme_that_cannot_be_read_is_a_problem_with_its_place():
    with pytest.raises(ConfigError) as raised:
        parse(GOOD + '\n[theme]\nground = "#FFFFFF"\naccent = "#9FD3C7"\n', "fleet.toml")
    [problem] = [str(each) for each in raised.value.problems if each.path == "theme.accent"]
    line = GOOD.count("\n") + 4
    assert problem == f"fleet.toml:{line}: theme.accent: 3.2 to 1 against theme.ground, and text needs 4.5 to 1"


def test_what_is_wrong_with_each_partner_is_listed():
    with pytest.raises(ConfigError) as raised:
        parse(GOOD + '\n[[partners]]\nname = "A"\n[[partners]]\nabout = 7\nfax = "1"\n')
    first = GOOD.count("\n") + 2
    assert {problem.path: problem.place.line - first for problem in raised.value.problems} == {
        "partners.1.name": 2,
        "partners.1.about": 3,
        "partners.1.fax": 4,
    }


def test_a_theme_that_cannot_be_read_is_listed_with_every_other_problem():
    with pytest.raises(ConfigError) as raised:
        parse(GOOD + '\n[theme]\nwarning = "#FFFFFF"\n[screen]\ndpi = 7\n')
    assert [problem.path for problem in raised.value.problems] == ["screen.dpi", "theme.warning"]


def test_more_partners_than_a_screen_has_room_for_are_refused():
    with pytest.raises(ConfigError, match="partners: 13 of them, and there is room for 12"):
        parse(GOOD + '\n[[partners]]\nname = "A"\n' * 13)


def test_partners_are_a_list_of_tables():
    with pytest.raises(ConfigError, match="partners: expected"):
        parse("partners = [1]\n" + GOOD)


def test_tables_within_tables_without_end_are_refused():
    with pytest.raises(ConfigError, match="nested deeper than 16 tables"):
        parse("[" + "a." * 900 + "a]\n")


def test_a_document_of_today_may_say_its_form():
    assert parse("form = 1\n" + GOOD) == parse(GOOD)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("2", "form: fleet.toml: form 2, and this version of guichet reads forms up to 1: update it first"),
        ("0", "form: fleet.toml: the number of a form, from 1, not 0"),
        ("true", "form: fleet.toml: the number of a form, from 1, not True"),
        ('"1"', "form: fleet.toml: the number of a form, from 1, not '1'"),
    ],
)
def test_a_document_of_another_form_is_refused_in_one_sentence(form, sentence):
    with pytest.raises(ConfigError) as raised:
        parse(f"form = {form}\nnobody = 1\n" + GOOD, "fleet.toml")
    assert str(raised.value) == sentence


def test_the_first_site_file_that_there_was_is_read():
    config = load(DATA / "site-of-the-first-world.toml")
    assert (config.device.name, config.device.group, config.hub.root_file) == ("kiosk-demo", "all", None)


NOT_ONE = "printer: say one of `host`, `device` and `queue`: how it is plugged in"


@pytest.mark.parametrize(
    ("printer", "problem"),
    [
        ("", NOT_ONE),
        (
            'host = "p"\ndevice = "/dev/usb/lp0"',
            NOT_ONE,
        ),
        ('host = "p"\nqueue = "q"', NOT_ONE),
        ('host = "p"\nbaud = 9600', "printer.baud: it goes with `device`, not with `host`"),
    ],
)
def test_a_printer_is_plugged_in_one_way(printer, problem):
    with pytest.raises(ConfigError) as refused:
        parse(f"{GOOD}[printer]\n{printer}\n")
    (told,) = refused.value.problems
    assert f"{told.path}: {told.reason}" == problem


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ('keyboard = "fr"\nmake = "zebra"', "cannot be told anything"),
        ("triggered = true", "it goes with a `make`"),
        ('make = "zebra"\nkeyboard = "us"\ntriggered = true', "it goes with a `make`"),
        ('prefix = "é"', "prefix"),
        ('suffix = "\\r"', "said by `ending`"),
        ('ending = "stx"\nprefix = "\\u0002"', "said by `ending`"),
        ("same_code_s = -1.0", "same_code_s"),
    ],
)
def test_a_scanner_that_cannot_do_what_it_is_to_do_is_refused(setting, reason):
    with pytest.raises(ConfigError, match=reason):
        parse(f'{GOOD}[scanner]\nport = "/dev/ttyACM0"\n{setting}\n')


@pytest.mark.parametrize("scanner", ["", 'port = "/dev/ttyACM0"\nusb = "0c2e:0b6a"'])
def test_a_scanner_is_found_one_way(scanner):
    with pytest.raises(ConfigError, match="either `port` or `usb`"):
        parse(f"{GOOD}[scanner]\n{scanner}\n")


@pytest.mark.parametrize("queue", ["q\\n", "-hserver.example", "-a", "a b", "a\\nb", "a/b"])
def test_a_queue_is_never_taken_for_an_order_to_cups(queue):
    assert set(told(f'[printer]\nqueue = "{queue}"\n')) == {"printer.queue"}


PINS = 'previous = "GPIO5"\nnext = "GPIO6"\nchoose = "GPIO13"\nback = "GPIO19"\n'


def told(tables):
    """Return every problem that a document with these tables has, by its dotted path."""
    with pytest.raises(ConfigError) as refused:
        parse(GOOD + tables)
    return {problem.path: problem.reason for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("tables", "paths"),
    [
        ("[keypad]\n", ["keypad"]),
        ('[keypad]\npath = "pad"\nchip = "c"\n' + PINS, ["keypad"]),
        ('[keypad]\npath = "pad"\nnext = "GPIO6"\n', ["keypad.next"]),
        ('[keypad]\nchip = "c"\nprevious = "GPIO5"\nnext = "GPIO6"\n', ["keypad.choose", "keypad.back"]),
        ('[keypad]\nchip = "c"\n' + PINS.replace("GPIO19", "GPIO5"), ["keypad.back"]),
        ('[lamp]\nchip = "c"\n', ["lamp"]),
        ('[lamp]\nchip = "c"\ngreen = "1"\nred = "1"\n', ["lamp.red"]),
        ("[power]\n", ["power"]),
        ('[power]\nignition = "GPIO4"\n', ["power.ignition_chip"]),
        ('[power]\nignition_chip = "c"\n', ["power.ignition"]),
        ("[sound]\nfull_scale_db = 66\n", ["sound.usual_db"]),
        ("[sound]\nusual_db = 40\n[keypad]\n[lamp]\n", ["lamp.chip", "sound.usual_db", "keypad"]),
    ],
)
def test_what_is_around_the_screen_is_plugged_in_one_way(tables, paths):
    assert sorted(told(tables)) == sorted(paths)


@pytest.mark.parametrize(
    "tables",
    [
        "[sound]\n",
        '[keypad]\npath = "/dev/input/by-id/usb-pad"\n',
        f'[keypad]\nchip = "pinctrl-rp1"\n{PINS}',
        '[lamp]\nchip = "pinctrl-rp1"\ngreen = "GPIO22"\n',
        '[power]\nsupplies = "/sys/class/power_supply"\n',
        '[power]\nignition_chip = "pinctrl-rp1"\nignition = "GPIO4"\n',
    ],
)
def test_what_is_around_the_screen_is_told_in_a_few_lines(tables):
    assert parse(GOOD + tables)


@pytest.mark.parametrize(
    ("key", "is_known"),
    [
        (Ed25519PrivateKey.generate(), True),
        (ec.generate_private_key(ec.SECP256R1()), True),
        (ec.generate_private_key(ec.SECP384R1()), False),
        (X25519PrivateKey.generate(), False),
    ],
    ids=["Ed25519", "P-256", "P-384", "X25519"],
)
def test_a_badge_has_a_key_that_a_reader_can_use(key, is_known):
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = base64.b64encode(der).decode()
    document = f'{GOOD}[[badges]]\nagent = "zoe"\nkey = "{text}"\n'
    if is_known:
        assert badge_key(parse(document).badges[0].key)
        return
    with pytest.raises(ConfigError, match="no public key of Ed25519 or P-256"):
        parse(document)


@pytest.mark.parametrize(
    "setting",
    ['[theme]\naccent = "#17574C\\n"', '[lamp]\nchip = "c"\nred = "1\\n"', '[scanner]\nusb = "0c2e:0b6a\\n"'],
)
def test_a_line_end_behind_a_name_is_no_part_of_it(setting):
    assert len(told(f"{setting}\n")) == 1


def test_a_device_whose_name_ends_a_line_is_refused():
    with pytest.raises(ConfigError, match=r"device\.name"):
        parse(GOOD.replace('name = "kiosk-1"', 'name = "kiosk-1\\n"'))

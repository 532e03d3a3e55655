"""What a scanner can be told, as scanimage lists it, and what we tell it."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.document.options import Kind, Option, State, parse
from drivers.document.orders import Feed, has_feeder, has_glass, orders, resolution, source

EPSON = """
All options specific to device `epsonds:libusb:001:004':
  Standard:
    --source Flatbed|ADF Front|ADF Back|ADF Duplex [Flatbed]
        Selects the scan source (such as a document-feeder).
    --resolution 75|100|150|300|600dpi [75]
        Sets the resolution of the scanned image.
    --mode Lineart|Gray|Color [Lineart]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --depth 1|8 [8]
  Geometry:
    --page-width 0..215.9mm [215.9]
    -l 0..215.9mm (in steps of 1) [0]
    -x 0..215.9mm (in steps of 1) [215.9]
    -y 0..297.18mm [297.18]
  Enhancement:
    --brightness -100..100% (in steps of 1) [inactive]
    --preview[=(yes|no)] [no]
    --scan[=(yes|no)] [no] [hardware]
    --page-loaded[=(auto|yes|no)] [no] [read-only]
    --gamma-table 0..255,... (in steps of 1)
    --clear-calibration
"""


def listed(option):
    """Return an option as scanimage prints it (sane-backends 1.2, frontend/scanimage.c, print_option)."""
    dash = "-" if option.name in {"x", "y", "l", "t"} else "--"
    first = "auto|" if option.automatic else ""
    # One that is not active has no value to print.
    value = "" if option.value is None else f" [{option.value}]"
    state = f" [{option.state.value}]" if option.state.value else ""
    step = f" (in steps of {option.step:g})" if option.step else ""
    offered = {
        Kind.SWITCH: f"[=({first}yes|no)]",
        Kind.BUTTON: "",
        Kind.FREE: f" {first}<int>",
        Kind.RANGE: f" {first}{option.low:g}..{option.high:g}{option.unit}{step}",
        Kind.CHOICE: f" {first}{'|'.join(option.choices)}{option.unit}",
    }[option.kind]
    return f"    {dash}{option.name}{offered}{value}{state}\n        What it does, in words.\n"


numbers = st.integers(-2000, 2000).map(float) | st.integers(0, 300).map(lambda tenth: tenth / 8)
odd = st.sampled_from(["ADF Front", "Gray[Error Diffusion]", "Feeder(left aligned,Duplex)", "24bit Color", "On [a] go"])
words = odd | st.text("ABab(),[]", min_size=1, max_size=8)
names = st.text("abcdef", min_size=1, max_size=4) | st.sampled_from(["x", "y", "mode", "page-width", "custom-3"])
states = st.sampled_from(State)


@st.composite
def known_options(draw):
    name, state, automatic = draw(names), draw(states), draw(st.booleans())
    value = None if state is State.INACTIVE else draw(st.sampled_from(["3", "yes", "-0.5"]))
    match draw(st.sampled_from(Kind)):
        case Kind.CHOICE:
            choices = tuple(draw(st.lists(words, min_size=1, max_size=6)))
            value = draw(st.sampled_from(choices)) if state is not State.INACTIVE else None
            return Option(name, Kind.CHOICE, choices, automatic=automatic, value=value, state=state)
        case Kind.RANGE:
            low, high, step = draw(numbers), draw(numbers), abs(draw(numbers))
            unit = draw(st.sampled_from(["", "mm", "dpi", "%", "pel", "us", "bit"]))
            return Option(name, Kind.RANGE, (), low, high, step, unit, automatic, value, state)
        case Kind.SWITCH:
            return Option(name, Kind.SWITCH, automatic=automatic, value=value, state=state)
        case Kind.FREE:
            return Option(name, Kind.FREE, automatic=automatic, value=value, state=state)
        case Kind.BUTTON:
            return Option(name, Kind.BUTTON, state=state)


@given(st.lists(known_options(), max_size=12, unique_by=lambda option: option.name))
def test_every_option_is_read_as_scanimage_writes_it(options):
    assert parse("".join(map(listed, options))) == {option.name: option for option in options}


def test_the_tests_own_scanner_is_understood(monkeypatch):
    monkeypatch.delenv("SANE_CONFIG_DIR", raising=False)
    said = subprocess.run(["scanimage", "-d", "test", "-A"], capture_output=True, text=True, check=True).stdout
    options = parse(said)
    assert options["mode"].choices == ("Gray", "Color")
    assert (options["resolution"].low, options["resolution"].high, options["resolution"].unit) == (1, 1200, "dpi")
    assert options["three-pass"].state is State.INACTIVE
    assert len(options) == len([line for line in said.splitlines() if line.startswith("    -")])


def test_a_page_is_grey_whole_and_of_a_legible_resolution():
    told = ["--source", "Flatbed", "--mode", "Gray", "--depth", "8", "--resolution", "300", "--page-width", "210"]
    assert orders(parse(EPSON)) == [*told, "-x", "210", "-y", "297"]


def test_what_a_hand_or_the_scanner_alone_sets_is_not_told():
    options = parse(EPSON)
    assert options["scan"].state is State.HARDWARE
    assert options["page-loaded"].state is State.READ_ONLY
    assert not any("scan" in each or "loaded" in each for each in orders(options))


@pytest.mark.parametrize(
    ("offered", "feed", "taken"),
    [
        ("Flatbed|ADF Front|ADF Back|ADF Duplex", Feed.GLASS, "Flatbed"),
        ("Flatbed|ADF Front|ADF Back|ADF Duplex", Feed.FEEDER, "ADF Front"),
        ("Flatbed|ADF Front|ADF Back|ADF Duplex", Feed.FEEDER_BOTH_SIDES, "ADF Duplex"),
        ("FlatBed|Automatic Document Feeder(left aligned)", Feed.ANY, "Automatic Document Feeder(left aligned)"),
        ("ADF Back|ADF Duplex|ADF Front", Feed.GLASS, "ADF Front"),
        ("Flatbed|Transparency Adapter", Feed.FEEDER, "Flatbed"),
        ("Normal|ADF|ADF Rear|ADF Duplex", Feed.FEEDER_BOTH_SIDES, "ADF Duplex"),
        ("Something else", Feed.GLASS, None),
    ],
)
def test_sheets_are_taken_from_where_they_lie(offered, feed, taken):
    assert source(parse(f"    --source {offered} [{offered.partition('|')[0]}]"), feed) == taken


def test_what_a_scanner_can_take_sheets_from_is_known():
    assert has_feeder(parse(EPSON))
    assert has_glass(parse(EPSON))
    assert not has_feeder(parse("    --source Flatbed [Flatbed]"))
    assert not has_glass(parse("    --source ADF Front|ADF Duplex [ADF Front]"))
    assert has_glass({})


@pytest.mark.parametrize(
    ("offered", "dpi"),
    [
        ("75|100|150|300|600dpi [75]", 300),
        ("75|150|200|300dpi [75]", 200),
        ("100|150|600dpi [100]", 150),
        ("75|600|1200dpi [75]", 600),
        ("50|75|100dpi [50]", 100),
        ("auto|100|200|400dpi [100]", 200),
        ("50..1200dpi (in steps of 1) [50]", 200),
        ("75..600dpi (in steps of 75) [75]", 150),
        ("300..600dpi [300]", 300),
        ("10..100dpi [10]", 100),
        ("<int> [100]", None),
        ("75|150dpi [inactive]", None),
    ],
)
def test_the_resolution_is_legible_and_small(offered, dpi):
    assert resolution(parse(f"    --resolution {offered}")) == dpi


@pytest.mark.parametrize(
    ("offered", "mode"),
    [
        ("Lineart|Gray|Color", "Gray"),
        ("Black & White|Gray[Error Diffusion]|True Gray|24bit Color", "True Gray"),
        ("Lineart|Halftone|Grayscale|Color", "Grayscale"),
        ("Bitmap|256-levels of gray|24-bit Color", "256-levels of gray"),
        ("Lineart|Color", "Color"),
        ("Lineart|Halftone", None),
    ],
)
def test_pages_are_grey_where_the_scanner_has_grey(offered, mode):
    told = orders(parse(f"    --mode {offered} [{offered.partition('|')[0]}]"))
    assert told == ([] if mode is None else ["--mode", mode])


def test_a_page_measured_in_pixels_is_left_as_it_is():
    assert orders(parse("    -x 0..2550pel [2550]\n    -y 0..3300pel [3300]")) == []


@given(st.text(max_size=2000))
def test_no_text_makes_it_fail(text):
    assert all(isinstance(each, str) for feed in Feed for each in orders(parse(text), feed))


@given(
    st.lists(st.from_regex(r"    --?[a-z-]{1,12} [a-zA-Z0-9.|%\-]{0,40}( \[[a-z]*\])?", fullmatch=True), max_size=30)
)
def test_no_option_makes_it_fail(lines):
    assert all(isinstance(each, str) for feed in Feed for each in orders(parse("\n".join(lines)), feed))


@given(st.sampled_from(["resolution", "x", "y", "page-width"]), numbers, numbers, numbers)
def test_no_range_makes_it_fail(name, low, high, step):
    told = orders(parse(f"    --{name} {low:g}..{high:g}mm (in steps of {step:g}) [1]"))
    assert len(told) in {0, 2}


def test_a_list_without_end_is_cut():
    assert len(parse("".join(f"    --option-{number} <int> [1]\n" for number in range(10_000)))) == 500

"""Configuration in layers: what says what, where, and every problem with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.fault import ConfigError
from config.layers import Layer, merge
from config.parse import compose, parse
from config.toml import place_of
from tests.config.test_parse import GOOD

FLEET = '[screen]\nidle_warning_s = 90\n\n[structure]\nname = "France Services"\n'
GROUP = "# bus\n[screen]\ndpi = 170\nidle_warning_s = 45\n"  # fmt: skip


def layers(*documents):
    return [Layer(f"{number}.toml", document) for number, document in enumerate(documents)]


def test_a_later_layer_goes_over_an_earlier_one_key_by_key():
    config = compose(layers(GOOD, FLEET, GROUP))
    assert (config.screen.idle_warning_s, config.screen.dpi, config.screen.width_px) == (45, 170, 1280)


def test_a_list_is_replaced_whole():
    one, two = ('[broker]\nothers = ["a:1", "b:2"]\n', '[broker]\nothers = ["c:3"]\n')
    assert compose(layers(GOOD, one, two)).broker.others == ("c:3",)


def test_each_value_is_told_with_the_file_and_line_that_say_it_last():
    merged = merge(layers(GOOD, FLEET, GROUP))
    said = {".".join(path): str(merged.place(path)) for path in merged.said()}
    assert said["screen.idle_warning_s"] == "2.toml:4"
    assert said["structure.name"] == "1.toml:5"
    assert said["device.name"] == "0.toml:3"


def test_every_problem_of_every_layer_is_told_with_its_place():
    with pytest.raises(ConfigError) as refused:
        compose(layers(GOOD.replace('host = "hub.example"\n', ""), "[screen]\ndpy = 1\n", '\n[screen]\ndpi = "x"'))
    told = {problem.path: str(problem.place) for problem in refused.value.problems}
    assert told == {"broker.host": "0.toml:8", "screen.dpy": "1.toml:2", "screen.dpi": "2.toml:3"}


def test_layers_that_are_no_toml_are_all_named():
    with pytest.raises(ConfigError) as refused:
        compose(layers("= 1", GOOD, "[x"))
    assert [str(problem)[:6] for problem in refused.value.problems] == ["0.toml", "2.toml"]


@pytest.mark.parametrize(
    ("document", "path", "line"),
    [
        ('a = """\nx\ny"""\nb = 1\n', "b", 4),
        ("# c\n\na = [\n 1,\n 2,\n]\nb = 1", "a", 3),
        ("a.b.c = 1\na.b.d = 2\n", "a.b.d", 2),
        ("a = { b = 1, c = 2 }\n", "a.c", 1),
        ("[a]\n[a.b]\nc = 1\n[a.d]\ne = 1\n", "a.d.e", 5),
        ("[[a]]\nb = 1\n[[a]]\nb = 2\n", "a.1.b", 4),
        ("[a]\nb = 1\n", "a.gone", 1),
        ('[a]\r\n"b c" = 1\r\n', "a.b c", 2),
    ],
)
def test_the_line_that_says_a_key_is_found_in_every_form(document, path, line):
    assert place_of(document, "f", tuple(path.split("."))).line == line


NAMES = st.sampled_from(["a", "b", "c", "d"])
SPACE = st.sampled_from(["", "\n", "# x = 1\n", "\n\n"])


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.sampled_from(["1", "[\n1,\n]", '"""\n[z]\n"""']))), st.data())
def test_lines_are_found_whatever_stands_between(tables, data):
    document, lines = "", {}
    for table, keys in tables.items():
        document += data.draw(SPACE) + f"[{table}]\n"
        for key, value in keys.items():
            document += data.draw(SPACE)
            lines[table, key] = document.count("\n") + 1
            document += f"{key} = {value}\n"
    assert {path: place_of(document, "f", path).line for path in lines} == lines


@pytest.mark.parametrize(
    "document",
    ["a = " + "[" * 5_000, "a = " + "9" * 5_000, "a" * 300_000, "a = 1\n" * 2, "a = 1979-05-27\n", "\0", "a = nan"],
    ids=["deep", "long number", "large", "twice", "date", "nul", "nan"],
)
def test_a_hostile_document_is_a_config_error(document):
    with pytest.raises(ConfigError):
        parse(document)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "9" * 400])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ConfigError, match="idle_warning_s"):
        parse(f"{GOOD}[screen]\nidle_warning_s = {value}\n")


FAULTS = {
    "device.name": ('name = "kiosk-1"', 'name = "K/#"'),
    "device.run_dir": ('run_dir = "/run/guichet"', "run_dir = 5"),
    "content.pack": ("pack = ", "pack = [1] #"),
    "broker.host": ('host = "hub.example"', ""),
    "broker.key_file": ('key_file = "/c/device.key"', 'key_file = "\\u0000"'),
    "hub.opening_key_file": ("opening_key_file = ", "opening_key_file = false #"),
    "hub.extra": ("[hub]", "[hub]\nextra = 1"),
    "wheels": ("[device]", "wheels = 4\n[device]"),
}


@settings(max_examples=100)
@given(st.sets(st.sampled_from(sorted(FAULTS)), min_size=1))
def test_all_that_is_wrong_is_listed_and_nothing_else(wrong):
    document = GOOD
    for path in sorted(wrong, reverse=True):
        document = document.replace(*FAULTS[path], 1)
    with pytest.raises(ConfigError) as refused:
        parse(document)
    assert {problem.path for problem in refused.value.problems} == wrong
    assert all(problem.place for problem in refused.value.problems)


JSON = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
TABLES = ["device", "content", "broker", "hub", "screen", "printer", "scanner", "outbox", "link", "structure", "x"]


@given(st.dictionaries(st.sampled_from(TABLES), JSON, max_size=4))
def test_any_values_anywhere_are_a_configuration_or_a_config_error(tables):
    hostile = "".join(f"{name} = {inline(value)}\n" for name, value in tables.items())
    with pytest.raises(ConfigError):
        compose(layers(hostile, GOOD.replace("kiosk-1", "K 1")))


def inline(value):
    """Return a value as TOML spells it within a line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {inline(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(inline, value)) + "]"
        case str():
            return json.dumps(value)
        case _:
            return json.dumps(value)

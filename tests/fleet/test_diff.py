"""What a push would change, said before anybody signs it."""

from __future__ import annotations

import pytest

from config.fault import ConfigError
from fleet.publication.diff import effects, problems

FLEET = '[structure]\nname = "A"\n[screen]\nfullscreen = true\n'
BEFORE = {
    "fleet.toml": FLEET,
    "group/rural/group.toml": "",
    "group/rural/device/bus-1.toml": "",
    "group/town/group.toml": '[structure]\nname = "Town"\n',
}


def told(changes):
    return dict(effects(BEFORE, BEFORE | changes))


def test_a_value_of_the_fleet_reaches_the_groups_that_say_nothing_else():
    assert told({"fleet.toml": FLEET.replace('"A"', '"B"')}) == {
        "group rural": ['[structure] name: "A" -> "B"'],
        "group town": [],
    }


def test_a_device_is_told_of_where_it_gets_something_else_than_its_group():
    assert told({"group/rural/device/bus-1.toml": "[screen]\nwidth_px = 800\n"}) == {
        "group rural": [],
        "device bus-1 of group rural": ["[screen] width_px: 800 (new)"],
        "group town": [],
    }


def test_what_is_not_said_any_more_is_gone():
    assert told({"fleet.toml": "[structure]\nname = 'A'\n"})["group rural"] == ["[screen] fullscreen: true (gone)"]


def test_a_group_that_is_new_gets_all_of_it():
    assert told({"group/sea/group.toml": ""})["group sea"] == []
    assert dict(effects({}, BEFORE))["group town"] == [
        "[screen] fullscreen: true (new)",
        '[structure] name: "Town" (new)',
    ]


def test_what_no_device_could_use_is_found_before_anybody_signs():
    wrong = {"fleet.toml": "[screen]\nwidth = 7\n", "group/rural/group.toml": "[screen]\nheight_px = 'x'\n"}
    said = [str(problem) for problem in problems(wrong)]
    assert [line.partition(": ")[0] for line in said] == ["fleet.toml:2", "group/rural/group.toml:2"]
    assert ["width" in said[0], "height_px" in said[1]] == [True, True]


def test_what_only_the_device_itself_says_is_not_missed_here():
    assert problems(BEFORE) == []


def test_a_fleet_without_groups_is_checked_too():
    assert len(problems({"fleet.toml": "evil = 1\n"})) == 1


def test_a_document_that_is_no_toml_is_named():
    with pytest.raises(ConfigError, match=r"group/rural/group.toml: not TOML"):
        told({"group/rural/group.toml": "["})
